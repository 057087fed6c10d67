// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.price.BasePrice;
import dev.monetize.price.Money;
import dev.monetize.price.RatedLine;
import dev.monetize.usage.Aggregation;
import dev.monetize.usage.UsagePoint.Certainty;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a customer has used, may still use, and owes so far. Calls that are under way are not in it;
 * a settled one is.
 *
 * @param customer the customer's id
 * @param tier name of the tier in force
 * @param meters use by meter, every meter of the catalog among them
 * @param cost what it costs so far
 */
public record UsageReport(String customer, String tier, Map<String, MeterUse> meters, Cost cost) {

  /**
   * Use of a meter.
   *
   * @param used what was used in the first quota's window, or since {@code since} where there is
   *     none: units, or what the meter's aggregation makes of them
   * @param aggregation of the meter; {@link Aggregation#SUM} where it has a quota
   * @param certainty what {@code used} is worth
   * @param since begin of the time that {@code used} covers
   * @param quotas the meter's quotas, in the order of the tier; empty where it has none
   */
  public record MeterUse(
      long used,
      Aggregation aggregation,
      Certainty certainty,
      Instant since,
      List<QuotaUse> quotas) {

    public MeterUse {
      quotas = List.copyOf(quotas);
    }

    /** The first quota, which the others stand beside. */
    public Optional<QuotaUse> quota() {
      return quotas.stream().findFirst();
    }
  }

  /**
   * Use of a quota in its present window.
   *
   * @param quota the quota's id
   * @param used units used
   * @param included units included
   * @param resetsAt when the next window begins
   */
  public record QuotaUse(String quota, long used, long included, Instant resetsAt) {

    /** Units of {@code included} that are left. */
    public long remaining() {
      return Math.max(0, included - used);
    }

    /** Units used beyond {@code included}. */
    public long overage() {
      return Math.max(0, used - included);
    }
  }

  /**
   * What it costs so far, in the present billing period, at the prices of the tier in force;
   * nothing before the first one begins. Where the customer has or had another tier in this period,
   * a fallback among them, {@link Monetizer#invoicePreview} tells what it has to pay.
   *
   * @param base the tier's base price, if it has one that is set
   * @param lines one for each meter that has a price
   * @param total the lines and, where it is due each month, the base price
   */
  public record Cost(Optional<BasePrice> base, List<RatedLine> lines, Money total) {

    public Cost {
      lines = List.copyOf(lines);
    }
  }

  public UsageReport {
    meters = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(meters));
  }
}
