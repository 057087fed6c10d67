// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.price.Price;
import dev.monetize.tier.Tier;
import dev.monetize.tier.TierCatalog;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is to be at Stripe for tiers: a function of them and of names.
 *
 * @param meters ours, with the event name of Stripe's
 * @param features ours, with their lookup keys
 * @param products by tier, those of all tiers that something is asked for
 */
record CatalogWish(
    CatalogNames names,
    Map<String, String> meters,
    Map<String, String> features,
    Map<String, ProductWish> products,
    List<String> warnings,
    List<String> faults) {

  /**
   * A tier at Stripe.
   *
   * @param name if it was given
   * @param prices by lookup key
   * @param features lookup keys
   */
  record ProductWish(
      String tier, Optional<String> name, Map<String, StripePrice> prices, Set<String> features) {}

  static CatalogWish of(TierCatalog tiers, CatalogNames names) {
    CatalogWish wish =
        new CatalogWish(
            names,
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new ArrayList<>(),
            new ArrayList<>());
    wish.attempt("", () -> PriceTranslation.check(tiers.currency()));
    tiers.tiers().forEach(wish::add);
    wish.tellShared();
    names.namedTiers().stream()
        .filter(tier -> tiers.tier(tier).isEmpty())
        .forEach(tier -> wish.faults.add("there is no tier \"" + tier + "\" to be named"));
    return wish;
  }

  private void add(Tier tier) {
    if (!tier.isSold()) {
      return; // who has it subscribes to nothing
    }
    Map<String, StripePrice> prices = new LinkedHashMap<>();
    PriceTranslation translation = new PriceTranslation(tier, warnings);
    tier.price()
        .filter(price -> !price.amount().isZero())
        .ifPresent(
            price ->
                attempt(
                    tier.name(),
                    () -> prices.put(names.keys().base(tier.name()), translation.base(price))));
    tier.prices()
        .forEach(
            (meter, price) ->
                attempt(tier.name(), () -> metered(tier, meter, price, translation, prices)));
    tellCustom(tier);
    tellMixed(tier, prices.values());
    Set<String> own = new LinkedHashSet<>();
    tier.features().forEach((name, value) -> feature(tier, name, value).ifPresent(own::add));
    products.put(
        tier.name(), new ProductWish(tier.name(), names.product(tier.name()), prices, own));
  }

  private void metered(
      Tier tier,
      String meter,
      Price price,
      PriceTranslation translation,
      Map<String, StripePrice> prices) {
    String event = names.event(meter);
    prices.put(names.keys().meter(tier.name(), meter), translation.metered(meter, price, event));
    meters.put(meter, event);
  }

  private void tellCustom(Tier tier) {
    if (tier.price().isEmpty()) {
      warnings.add(
          "tier %s: its base price is custom: give each customer a price of its own at Stripe, on the tier's product"
              .formatted(tier.name()));
    }
  }

  private void tellMixed(Tier tier, Collection<StripePrice> prices) {
    List<String> intervals = prices.stream().map(StripePrice::interval).distinct().toList();
    if (intervals.size() > 1) {
      warnings.add(
          "tier %s: it is paid by the %s, which Stripe's Checkout cannot sell together: sell it with StripeBilling.subscribe"
              .formatted(tier.name(), String.join(" and the ", intervals)));
    }
  }

  /** Only what is switched on is an entitlement: Stripe knows no numbers and texts. */
  private Optional<String> feature(Tier tier, String name, Object value) {
    if (!Boolean.TRUE.equals(value)) {
      return Optional.empty();
    }
    String key = names.feature(name);
    if (key.length() > CatalogNames.LONGEST_FEATURE) {
      faults.add(
          "tier %s: feature \"%s\" would have a lookup key of more than %d characters: take a shorter prefix or name"
              .formatted(tier.name(), key, CatalogNames.LONGEST_FEATURE));
    }
    features.put(name, key);
    return Optional.of(key);
  }

  private void attempt(String tier, Runnable part) {
    try {
      part.run();
    } catch (IllegalArgumentException e) {
      faults.add((tier.isEmpty() ? "" : "tier " + tier + ": ") + e.getMessage());
    }
  }

  /** Two meters of one event would each be the sum of both. */
  private void tellShared() {
    Map<String, String> owners = new LinkedHashMap<>();
    meters.forEach(
        (meter, event) -> {
          String other = owners.putIfAbsent(event, meter);
          if (other != null) {
            faults.add(
                "meters %s and %s are reported as the same event, %s"
                    .formatted(other, meter, event));
          }
        });
  }
}
