// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.limit.Window;
import dev.monetize.price.Money;
import dev.monetize.price.Price;
import dev.monetize.price.RatedLine;
import dev.monetize.price.Rating;
import dev.monetize.quota.Quota;
import dev.monetize.quota.QuotaPeriod;
import dev.monetize.tier.Tier;
import dev.monetize.tier.TierCatalog;
import dev.monetize.usage.Ledger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Draws up what a caller has used, from the ledger. */
final class UsageReporter {

  private final Ledger ledger;
  private final TierCatalog catalog;

  UsageReporter(Ledger ledger, TierCatalog catalog) {
    this.ledger = ledger;
    this.catalog = catalog;
  }

  UsageReport report(Caller caller, long now) {
    Map<String, UsageReport.MeterUse> meters = new LinkedHashMap<>();
    for (String meter : catalog.meters()) {
      meters.put(meter, use(caller, meter, now));
    }
    return new UsageReport(
        caller.customer(), caller.tier().name(), meters, cost(caller.tier(), meters));
  }

  private UsageReport.MeterUse use(Caller caller, String meter, long now) {
    List<UsageReport.QuotaUse> quotas = new ArrayList<>();
    long since = 0;
    for (Quota quota : caller.tier().quotas()) {
      if (quota.meter().equals(meter)) {
        Window window = quota.period().windows(caller.plan().anchor()).at(now);
        since = quotas.isEmpty() ? window.start() : since;
        quotas.add(use(caller, quota, window));
      }
    }
    if (!quotas.isEmpty()) {
      return new UsageReport.MeterUse(quotas.get(0).used(), Instant.ofEpochSecond(since), quotas);
    }
    Window period = billingPeriod(caller, now);
    Instant start = Instant.ofEpochSecond(period.start());
    long used = ledger.units(caller.customer(), meter, start, Instant.ofEpochSecond(period.end()));
    return new UsageReport.MeterUse(used, start, List.of());
  }

  private UsageReport.QuotaUse use(Caller caller, Quota quota, Window window) {
    long used = ledger.used(caller.customer(), caller.key(), Plan.window(quota, window.start()));
    return new UsageReport.QuotaUse(
        quota.id(), used, quota.included(), Instant.ofEpochSecond(window.end()));
  }

  private static Window billingPeriod(Caller caller, long now) {
    return QuotaPeriod.of(QuotaPeriod.Unit.MONTH).windows(caller.plan().anchor()).at(now);
  }

  private UsageReport.Cost cost(Tier tier, Map<String, UsageReport.MeterUse> meters) {
    List<RatedLine> lines = new ArrayList<>();
    Money total = Money.zero(catalog.currency());
    if (tier.price().isPresent()) {
      total = total.plus(tier.price().get().amount());
    }
    for (Map.Entry<String, Price> price : tier.prices().entrySet()) {
      UsageReport.MeterUse use = meters.get(price.getKey());
      RatedLine line = Rating.line(price.getKey(), price.getValue(), use == null ? 0 : use.used());
      lines.add(line);
      total = total.plus(line.amount());
    }
    return new UsageReport.Cost(tier.price(), lines, total);
  }
}
