// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.limit.Limit;
import dev.monetize.limit.RateLimit;
import dev.monetize.price.Price;
import dev.monetize.quota.PastQuota;
import dev.monetize.quota.Quota;
import dev.monetize.usage.Aggregation;
import java.util.Map;

/** Checks that a tier fits the endpoints of its catalog. */
final class DemandChecks {

  private final Tier tier;
  private final Demands demands;
  private final Places places;
  private final Faults faults;

  private DemandChecks(Tier tier, Demands demands, Places places, Faults faults) {
    this.tier = tier;
    this.demands = demands;
    this.places = places;
    this.faults = faults;
  }

  /** Each meter that it limits or prices must be there, and be summed up. */
  static void meters(Tier tier, Demands demands, Places places, Faults faults) {
    new DemandChecks(tier, demands, places, faults).meters();
  }

  /** Each call that it may make must fit into its bursts. */
  static void bursts(Tier tier, Demands demands, Places places, Faults faults) {
    new DemandChecks(tier, demands, places, faults).bursts();
  }

  private void meters() {
    for (String property : tier.custom()) {
      if (property.startsWith("quotas.")) {
        counted(property, property.substring("quotas.".length()));
      }
    }
    for (Quota quota : tier.quotas()) {
      String property = TierTerms.quotaProperty(quota.meter());
      if (counted(property, quota.meter())) {
        refuses(property, quota);
      }
    }
    for (Map.Entry<String, Price> price : tier.prices().entrySet()) {
      price(price.getKey(), price.getValue());
    }
  }

  private void price(String meter, Price price) {
    boolean overage = price instanceof Price.IncludedThenOverage;
    String property = overage ? TierTerms.overageProperty(meter) : "prices." + meter;
    counted(property, meter);
    Price each = price instanceof Price.IncludedThenOverage hybrid ? hybrid.overage() : price;
    if (each instanceof Price.PerSecond
        && demands.counted().contains(meter)
        && !demands.timed().contains(meter)) {
      fault(property, "a price per second needs a meter that counts elapsed time");
    }
  }

  private boolean counted(String property, String meter) {
    Aggregation aggregation = demands.meters().get(meter);
    if (aggregation == null) {
      fault(
          property,
          "no endpoint counts the meter %s, expected %s; usage from elsewhere is declared under meters"
              .formatted(
                  Shown.quoted(meter),
                  Suggestions.of(meter, demands.meters().keySet().stream().sorted().toList())));
    } else if (aggregation != Aggregation.SUM) {
      fault(
          property,
          "quotas and prices count sums, but meters.%s.aggregation is %s: expected a meter of its own"
                  .formatted(meter, aggregation)
              + " for them, whose aggregation is sum");
    }
    return aggregation == Aggregation.SUM;
  }

  /** A quota that refuses calls must be of a meter that calls count. */
  private void refuses(String property, Quota quota) {
    boolean refuses =
        quota.past() instanceof PastQuota.Block
            || (quota.past() instanceof PastQuota.Bill bill && bill.cap().isPresent());
    if (refuses && !demands.counted().contains(quota.meter())) {
      fault(
          property,
          "no endpoint counts the meter "
              + Shown.quoted(quota.meter())
              + ", so no call is refused for it: expected past_quota bill without a cap, or throttle");
    }
  }

  private void bursts() {
    for (Limit limit : tier.limits()) {
      if (limit instanceof RateLimit rate) {
        burst(rate, TierTerms.rateProperty(rate.id()));
      }
    }
    for (Quota quota : tier.quotas()) {
      quota.toThrottle().ifPresent(rate -> burst(rate, TierTerms.quotaProperty(quota.meter())));
    }
  }

  private void burst(RateLimit rate, String property) {
    Endpoint dearest = demands.dearest();
    if (dearest.cost() > rate.burst()) {
      fault(
          property,
          "a burst of %d never admits %s, which tier %s may call at a cost of %d"
              .formatted(
                  rate.burst(),
                  Shown.quoted(dearest.label()),
                  Shown.quoted(tier.name()),
                  dearest.cost()));
    }
  }

  private void fault(String property, String why) {
    String parent =
        property.contains(".") ? property.substring(0, property.indexOf('.')) : property;
    faults.add(places.at(property, parent), property + ": " + why);
  }
}
