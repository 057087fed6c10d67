// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.monetize.identity.Subscription;
import dev.monetize.tier.Tier;
import dev.monetize.tier.TierCatalog;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A catalog in force, with the plans compiled from it. Replaced as a whole on reload. */
final class Offer {

  private static final long MOST_PLANS = 10_000;

  private final TierCatalog catalog;
  private final Cache<Terms, Plan> plans = Caffeine.newBuilder().maximumSize(MOST_PLANS).build();

  /** What makes a plan differ from another. */
  private record Terms(String tier, @Nullable Instant anchor, Map<String, String> overrides) {}

  Offer(TierCatalog catalog) {
    this.catalog = catalog;
  }

  TierCatalog catalog() {
    return catalog;
  }

  /**
   * The plan of a subscription, by the tier that is in force. Values of its own are for its own.
   *
   * @throws IllegalArgumentException if there is no such tier, or the subscription's own values are
   *     no good for it
   */
  Plan plan(Subscription subscription) {
    Map<String, String> own = subscription.fallback() == null ? subscription.overrides() : Map.of();
    Terms terms = new Terms(subscription.inForce(), subscription.anchor(), own);
    Plan plan = plans.getIfPresent(terms);
    return plan != null ? plan : plans.get(terms, this::compile);
  }

  /**
   * Refuses a subscription of which some tier cannot be had.
   *
   * @throws IllegalArgumentException as {@link #plan}
   */
  void check(Subscription subscription) {
    plan(subscription);
    plan(subscription.withFallback(null));
  }

  private Plan compile(Terms terms) {
    Tier tier =
        catalog
            .tier(terms.tier)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "no tier \"%s\"; there are %s"
                            .formatted(
                                terms.tier, catalog.tiers().stream().map(Tier::name).toList())));
    Tier own = terms.overrides.isEmpty() ? tier : tier.with(terms.overrides);
    return new Plan(this, own, terms.anchor);
  }
}
