// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Scope;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads rate limits. */
final class RateReader {

  private static final List<String> PROPERTIES =
      List.of("limit", "burst", "window", "per", "shadow");

  private RateReader() {}

  /** Reads {@code 10/min}, {@code custom} or a map. */
  static Optional<Setting<RateLimit>> read(String id, Property property) {
    if (property.isScalar()) {
      return limit(property, any(id));
    }
    if (property.isList()) {
      return property.refused("expected one limit, got a list; several have names in rate_limits");
    }
    return property.section(PROPERTIES).flatMap(section -> read(id, property, section));
  }

  private static Optional<Setting<RateLimit>> read(String id, Property owner, Section section) {
    Optional<Property> limit = section.inner("limit");
    if (limit.isEmpty()) {
      return owner.refused("expected limit, such as {limit: 10/min}");
    }
    RateLimit like = like(id, section);
    Optional<Property> burst = section.inner("burst");
    Optional<Long> most = burst.flatMap(p -> p.read(Numbers::read));
    if (most.isEmpty()) {
      return limit(limit.get(), like);
    }
    if (!limit.get().isCustom()) {
      return limit(limit.get(), like)
          .flatMap(
              rate -> burst.get().attempt(() -> Setting.of(rate.value().withBurst(most.get()))));
    }
    return like.strict()
        ? burst.get().attempt(() -> Setting.custom(roomy(like, most.get())))
        : burst.get().refused("expected none, since a customer's own limit is its own burst");
  }

  /** A limit with the options of a section, to put a rate into. */
  private static RateLimit like(String id, Section section) {
    boolean strict = section.inner("window").flatMap(p -> p.read(RateReader::strict)).orElse(false);
    RateLimit like = strict ? any(id).asStrict() : any(id);
    like = LimitReader.scope(section) == Scope.KEY ? like.perKey() : like;
    return LimitReader.shadow(section) ? like.inShadow() : like;
  }

  private static Optional<Setting<RateLimit>> limit(Property property, RateLimit like) {
    return property.isCustom()
        ? Optional.of(Setting.custom(like))
        : own(like, property).map(Setting::of);
  }

  /** A rate with the options of another; one that is strict keeps its burst, as far as it fits. */
  static Optional<RateLimit> own(RateLimit like, Property property) {
    return property.read(Rate::read).flatMap(rate -> property.attempt(() -> put(rate, like)));
  }

  private static RateLimit put(Rate rate, RateLimit like) {
    long burst = like.strict() ? Math.min(like.burst(), rate.permits()) : rate.permits();
    return new RateLimit(
        like.id(),
        rate.permits(),
        rate.period(),
        burst,
        like.strict(),
        like.scope(),
        like.shadow(),
        null);
  }

  /** A strict limit with a burst, that any rate can be put into. */
  private static RateLimit roomy(RateLimit like, long burst) {
    return put(new Rate(burst, Duration.ofDays(366)), like).withBurst(burst);
  }

  /** A limit with nothing special. */
  static RateLimit any(String id) {
    return RateLimit.of(id, 1, Duration.ofMinutes(1));
  }

  private static boolean strict(String text) {
    if (text.equals("strict") || text.equals("bucket")) {
      return text.equals("strict");
    }
    throw new IllegalArgumentException("expected bucket or strict");
  }
}
