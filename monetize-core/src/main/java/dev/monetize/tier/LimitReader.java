// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Scope;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads rate and concurrency limits. */
final class LimitReader {

  private static final List<String> RATE = List.of("limit", "burst", "window", "per", "shadow");
  private static final List<String> CONCURRENCY = List.of("max", "per", "shadow");
  private static final int MOST_AT_ONCE = 1_000_000;

  private LimitReader() {}

  /** Reads {@code 10/min}, {@code custom} or a map. */
  static Optional<Setting<RateLimit>> rate(String id, Property property) {
    if (property.isScalar()) {
      return value(id, property);
    }
    Optional<Section> section = property.section(RATE);
    if (section.isEmpty()) {
      return Optional.empty();
    }
    Optional<Property> limit = section.get().inner("limit");
    if (limit.isEmpty()) {
      return property.refused("expected limit, such as {limit: 10/min}");
    }
    boolean strict =
        section.get().inner("window").flatMap(p -> p.read(LimitReader::strict)).orElse(false);
    Scope scope = scope(section.get());
    boolean shadow = shadow(section.get());
    Optional<Long> burst = section.get().inner("burst").flatMap(p -> p.read(Numbers::read));
    if (burst.isPresent() && limit.get().isCustom()) {
      return property.refused("a custom limit has no burst: a customer's own limit brings its own");
    }
    return value(id, limit.get())
        .flatMap(
            rate ->
                limit
                    .get()
                    .attempt(() -> detailed(rate.value(), burst, strict, scope, shadow))
                    .map(detailed -> new Setting<>(detailed, rate.set())));
  }

  private static Optional<Setting<RateLimit>> value(String id, Property property) {
    if (property.isCustom()) {
      return Optional.of(Setting.custom(RateLimit.of(id, 1, Duration.ofMinutes(1))));
    }
    return property
        .read(Rate::read)
        .flatMap(rate -> property.attempt(() -> RateLimit.of(id, rate.permits(), rate.period())))
        .map(Setting::of);
  }

  private static RateLimit detailed(
      RateLimit rate, Optional<Long> burst, boolean strict, Scope scope, boolean shadow) {
    RateLimit detailed = strict ? rate.asStrict() : rate;
    detailed = burst.isPresent() ? detailed.withBurst(burst.get()) : detailed;
    detailed = scope == Scope.KEY ? detailed.perKey() : detailed;
    return shadow ? detailed.inShadow() : detailed;
  }

  /** A customer's own rate in the place of a tier's: its burst is its own too. */
  static Optional<RateLimit> override(RateLimit template, Property property) {
    return property
        .read(Rate::read)
        .flatMap(
            rate ->
                property.attempt(
                    () ->
                        detailed(
                            RateLimit.of(template.id(), rate.permits(), rate.period()),
                            Optional.empty(),
                            template.strict(),
                            template.scope(),
                            template.shadow())));
  }

  /** Reads {@code 5}, {@code custom} or a map. */
  static Optional<Setting<ConcurrencyLimit>> concurrency(Property property) {
    if (property.isScalar()) {
      return atOnce(property, Scope.CUSTOMER, /* shadow= */ false);
    }
    Optional<Section> section = property.section(CONCURRENCY);
    if (section.isEmpty()) {
      return Optional.empty();
    }
    Scope scope = scope(section.get());
    boolean shadow = shadow(section.get());
    Optional<Property> max = section.get().inner("max");
    return max.isPresent()
        ? atOnce(max.get(), scope, shadow)
        : property.refused("expected max, such as {max: 5}");
  }

  private static Optional<Setting<ConcurrencyLimit>> atOnce(
      Property property, Scope scope, boolean shadow) {
    if (property.isCustom()) {
      return Optional.of(
          Setting.custom(new ConcurrencyLimit(TierTerms.CONCURRENCY, 1, scope, shadow)));
    }
    return property
        .read(text -> (int) Numbers.read(text, 1, MOST_AT_ONCE))
        .map(max -> Setting.of(new ConcurrencyLimit(TierTerms.CONCURRENCY, max, scope, shadow)));
  }

  /** A customer's own limit in the place of a tier's. */
  static Optional<ConcurrencyLimit> override(ConcurrencyLimit template, Property property) {
    return atOnce(property, template.scope(), template.shadow()).map(Setting::value);
  }

  static Scope scope(Section section) {
    return section.inner("per").flatMap(p -> p.read(LimitReader::scope)).orElse(Scope.CUSTOMER);
  }

  static boolean shadow(Section section) {
    return section.inner("shadow").flatMap(p -> p.read(Numbers::readTruth)).orElse(false);
  }

  private static Scope scope(String text) {
    if (text.equals("customer") || text.equals("key")) {
      return text.equals("key") ? Scope.KEY : Scope.CUSTOMER;
    }
    throw new IllegalArgumentException("expected customer or key");
  }

  private static boolean strict(String text) {
    if (text.equals("strict") || text.equals("bucket")) {
      return text.equals("strict");
    }
    throw new IllegalArgumentException("expected bucket or strict");
  }
}
