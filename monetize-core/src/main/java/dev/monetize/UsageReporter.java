// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.limit.Window;
import dev.monetize.price.BasePrice;
import dev.monetize.price.Money;
import dev.monetize.price.Price;
import dev.monetize.price.RatedLine;
import dev.monetize.price.Rating;
import dev.monetize.price.Span;
import dev.monetize.quota.Quota;
import dev.monetize.quota.QuotaPeriod;
import dev.monetize.tier.Tier;
import dev.monetize.tier.TierCatalog;
import dev.monetize.usage.Aggregation;
import dev.monetize.usage.Ledger;
import dev.monetize.usage.UsagePoint;
import dev.monetize.usage.UsagePoint.Certainty;
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
    catalog
        .aggregations()
        .forEach((meter, aggregation) -> meters.put(meter, use(caller, meter, aggregation, now)));
    return new UsageReport(caller.customer(), caller.tier().name(), meters, cost(caller, now));
  }

  private UsageReport.MeterUse use(Caller caller, String meter, Aggregation aggregation, long now) {
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
      return new UsageReport.MeterUse(
          quotas.get(0).used(),
          Aggregation.SUM,
          Certainty.EXACT,
          Instant.ofEpochSecond(since),
          quotas);
    }
    Window period = billingPeriod(caller, now);
    Instant start = Instant.ofEpochSecond(period.start());
    UsagePoint point =
        ledger.point(caller.customer(), meter, start, Instant.ofEpochSecond(period.end()));
    return new UsageReport.MeterUse(
        point.units(), aggregation, point.certainty(), start, List.of());
  }

  private UsageReport.QuotaUse use(Caller caller, Quota quota, Window window) {
    long used = ledger.used(caller.customer(), caller.key(), Plan.window(quota, window.start()));
    return new UsageReport.QuotaUse(
        quota.id(), used, quota.included(), Instant.ofEpochSecond(window.end()));
  }

  private static Window billingPeriod(Caller caller, long now) {
    return QuotaPeriod.of(QuotaPeriod.Unit.MONTH).windows(caller.plan().anchor()).at(now);
  }

  private UsageReport.Cost cost(Caller caller, long now) {
    Tier tier = caller.tier();
    List<RatedLine> lines = new ArrayList<>();
    Money total = Money.zero(catalog.currency());
    Instant anchor = caller.plan().anchor();
    if (anchor != null && now < Time.nanos(anchor)) {
      return new UsageReport.Cost(tier.price(), lines, total); // a trial
    }
    if (tier.price().isPresent() && tier.price().get().per() == BasePrice.Per.MONTH) {
      total = total.plus(tier.price().get().amount());
    }
    for (Map.Entry<String, Price> price : tier.prices().entrySet()) {
      String meter = price.getKey();
      long used = billed(caller, meter, now);
      long paid = Math.min(used, InvoiceTerms.cap(tier, meter));
      Span span = new Span(0, Rating.billable(price.getValue(), paid));
      RatedLine line = Rating.line(meter, price.getValue(), used, List.of(span));
      lines.add(line);
      total = total.plus(line.amount());
    }
    return new UsageReport.Cost(tier.price(), lines, total);
  }

  /** Units that are billed: in the window of the quota that bills, else in the billing period. */
  private long billed(Caller caller, String meter, long now) {
    return InvoiceTerms.billing(caller.tier(), meter)
        .map(q -> use(caller, q, q.period().windows(caller.plan().anchor()).at(now)).used())
        .orElseGet(() -> units(caller, meter, billingPeriod(caller, now)));
  }

  private long units(Caller caller, String meter, Window period) {
    return ledger.units(
        caller.customer(),
        meter,
        Instant.ofEpochSecond(period.start()),
        Instant.ofEpochSecond(period.end()));
  }
}
