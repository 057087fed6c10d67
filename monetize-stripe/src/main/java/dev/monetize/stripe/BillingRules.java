// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.tier.Tier;
import dev.monetize.tier.TierCatalog;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a customer has by what Stripe says now. It depends on nothing else, so that it does not
 * matter which events came, in what order, and how often.
 *
 * @param grace how long a customer keeps its tier whose payment failed
 * @param fallback the tier of those whose subscription has ended; null: the lowest
 * @param fallbacks by tier, where it is another one
 */
record BillingRules(Duration grace, @Nullable String fallback, Map<String, String> fallbacks) {

  /** After a period Stripe has time to say so itself, before it is asked. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  /**
   * The invoice of a period is a draft for an hour, or up to 72 of them, before it is paid or not.
   */
  static final List<Duration> AFTER_A_START = List.of(Duration.ofHours(2), Duration.ofHours(73));

  static final Duration WHILE_OWED = Duration.ofDays(1);

  private static final Duration MOST_GRACE = Duration.ofDays(366);

  BillingRules {
    Objects.requireNonNull(grace, "grace");
    if (grace.isNegative() || grace.compareTo(MOST_GRACE) > 0) {
      throw new IllegalArgumentException("grace must be 0 to 366 days, got " + grace);
    }
    fallbacks = Map.copyOf(fallbacks);
  }

  /**
   * What a customer is to have.
   *
   * @param decisive the subscription that decides
   * @param graceUntil where a payment of it failed, until when it counts all the same
   */
  record Standing(SubscriptionSeen decisive, String tier, Optional<Instant> graceUntil) {}

  /** Refuses fallbacks that a catalog does not have, or that would give away what is sold. */
  void check(TierCatalog catalog) {
    if (fallback == null) {
      Tier lowest = catalog.tiers().get(0);
      boolean costs = lowest.price().map(price -> price.amount().nanos() > 0).orElse(true);
      if (costs) {
        throw new IllegalStateException(
            "the lowest tier, \"%s\", is not free: say with fallback(…) what a customer has whose subscription ended"
                .formatted(lowest.name()));
      }
    } else {
      require(catalog, fallback);
    }
    fallbacks.forEach(
        (tier, other) -> {
          require(catalog, tier);
          require(catalog, other);
        });
  }

  private static void require(TierCatalog catalog, String tier) {
    if (catalog.tier(tier).isEmpty()) {
      throw new IllegalStateException("fallback: there is no tier \"" + tier + "\"");
    }
  }

  /** Empty where nothing was ever subscribed to: then what a customer has is not Stripe's. */
  Optional<Standing> standing(List<SubscriptionSeen> all, TierCatalog catalog, Instant now) {
    List<String> tiers = catalog.tiers().stream().map(Tier::name).toList();
    Comparator<SubscriptionSeen> last =
        Comparator.comparing(SubscriptionSeen::created).thenComparing(SubscriptionSeen::id);
    Comparator<SubscriptionSeen> best =
        Comparator.comparing(SubscriptionSeen::isPaid)
            .thenComparing(seen -> tiers.indexOf(seen.tier()))
            .thenComparing(last);
    return all.stream()
        .filter(seen -> grants(seen, now))
        .max(best)
        .map(seen -> new Standing(seen, seen.tier(), graceUntil(seen)))
        .or(
            () ->
                all.stream()
                    .filter(SubscriptionSeen::isBegun)
                    .max(Comparator.comparing(SubscriptionSeen::isLive).thenComparing(last))
                    .map(
                        seen -> new Standing(seen, after(seen.tier(), catalog), graceUntil(seen))));
  }

  private boolean grants(SubscriptionSeen seen, Instant now) {
    return seen.isPaid() || graceUntil(seen).filter(now::isBefore).isPresent();
  }

  private Optional<Instant> graceUntil(SubscriptionSeen seen) {
    return seen.isOwed()
        ? Optional.of(seen.unpaidSince().orElse(seen.periodStart()).plus(grace))
        : Optional.empty();
  }

  /** What a customer has whose subscription to a tier no longer counts. */
  String after(String tier, TierCatalog catalog) {
    String other = fallbacks.get(tier);
    if (other != null) {
      return other;
    }
    return fallback == null ? catalog.tiers().get(0).name() : fallback;
  }
}
