// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Limit;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Scope;
import dev.monetize.price.Price;
import dev.monetize.quota.PastQuota;
import dev.monetize.quota.Quota;
import dev.monetize.quota.QuotaPeriod;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A tier in the words of the tier file. */
final class TierWords {

  private TierWords() {}

  /** What is said of a tier, by property, but its endpoints. */
  static Map<String, String> of(Tier tier) {
    Map<String, String> words = new LinkedHashMap<>();
    tier.price().ifPresent(price -> words.put("price", price.toString()));
    tier.custom().forEach(property -> words.put(property, "custom"));
    for (Quota quota : tier.quotas()) {
      words.merge(
          TierTerms.quotaProperty(quota.meter()), quota(quota), (one, two) -> one + " and " + two);
    }
    tier.prices().forEach((meter, price) -> words.put(property(meter, price), price(meter, price)));
    for (Limit limit : tier.limits()) {
      if (limit instanceof RateLimit rate) {
        words.put(TierTerms.rateProperty(rate.id()), rate(rate));
      } else if (limit instanceof ConcurrencyLimit concurrency) {
        words.put("concurrency", concurrency(concurrency));
      }
    }
    tier.features().forEach((name, value) -> words.put("features." + name, value.toString()));
    tier.support().ifPresent(text -> words.put("support", text));
    tier.sla().ifPresent(text -> words.put("sla", text));
    if (tier.shadow()) {
      words.put("shadow", "true");
    }
    return words;
  }

  private static String property(String meter, Price price) {
    return price instanceof Price.IncludedThenOverage
        ? TierTerms.overageProperty(meter)
        : "prices." + meter;
  }

  private static String price(String meter, Price price) {
    if (price instanceof Price.IncludedThenOverage hybrid) {
      return price(meter, hybrid.overage());
    }
    String unit = Tariff.singular(meter);
    if (price instanceof Price.Tiered tiered) {
      return tiered.mode().name().toLowerCase(Locale.ROOT)
          + tiered.bands().stream().map(band -> band(band, unit)).collect(Collectors.joining(","));
    }
    if (price instanceof Price.PerPackage pack) {
      return pack.each() + Tariff.PACKAGE + pack.size();
    }
    return price instanceof Price.PerSecond second
        ? second.each() + "/second"
        : ((Price.PerUnit) price).each() + "/" + unit;
  }

  private static String band(Price.Band band, String unit) {
    String words = band.upTo() == Price.Band.NO_END ? " then " : " up to " + band.upTo() + " ";
    if (band.flat().isZero()) {
      return words + band.each() + "/" + unit;
    }
    return band.each().isZero()
        ? words + band.flat() + " once"
        : words + band.each() + "/" + unit + " and " + band.flat();
  }

  private static String rate(RateLimit rate) {
    String words = new Rate(rate.permits(), rate.period()).toString();
    if (rate.strict()) {
      words += " strict";
    }
    if (rate.burst() != (rate.strict() ? 1 : rate.permits())) {
      words += " burst " + rate.burst();
    }
    return words + options(rate.scope(), rate.shadow());
  }

  private static String concurrency(ConcurrencyLimit limit) {
    return limit.max() + options(limit.scope(), limit.shadow());
  }

  private static String quota(Quota quota) {
    QuotaPeriod period = quota.period();
    String words = new Allowance(quota.included(), period.count(), period.unit()).toString();
    if (period.start() == QuotaPeriod.Start.CALENDAR) {
      words += " calendar";
    }
    if (!period.zone().equals(ZoneOffset.UTC) && !period.zone().getId().equals("UTC")) {
      words += " " + period.zone();
    }
    return words + options(quota.scope(), quota.shadow()) + " then " + past(quota.past());
  }

  private static String past(PastQuota past) {
    if (past instanceof PastQuota.Throttle throttle) {
      return "throttle " + new Rate(throttle.permits(), throttle.period());
    }
    if (past instanceof PastQuota.Bill bill) {
      return bill.cap().isPresent() ? "bill up to " + bill.cap().getAsLong() : "bill";
    }
    return "block";
  }

  private static String options(Scope scope, boolean shadow) {
    return (scope == Scope.KEY ? " per key" : "") + (shadow ? " shadow" : "");
  }
}
