// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Scope;
import dev.monetize.price.BasePrice;
import dev.monetize.price.Money;
import java.util.List;

/** Leaves properties to be set per customer. */
final class CustomProperty {

  private static final List<String> KNOWN =
      List.of(
          "price",
          "included_calls",
          "rate_limit",
          "concurrency",
          "quotas.<meter>",
          "rate_limits.<name>");

  private CustomProperty() {}

  static void leave(TierTerms terms, String property, Place place, Faults faults) {
    switch (property) {
      case "price" -> terms.price = Setting.custom(BasePrice.monthly(Money.zero(terms.currency)));
      case "included_calls" -> leaveQuota(terms, Names.CALLS);
      case "rate_limit" -> leaveRate(terms, TierTerms.RATE);
      case "concurrency" ->
          terms.concurrency =
              Setting.custom(new ConcurrencyLimit(TierTerms.CONCURRENCY, 1, Scope.CUSTOMER, false));
      default -> leavePart(terms, property, place, faults);
    }
  }

  private static void leavePart(TierTerms terms, String property, Place place, Faults faults) {
    int dot = property.indexOf('.') + 1;
    if (property.startsWith("quotas.") && Names.fault(property.substring(dot)) == null) {
      leaveQuota(terms, property.substring(dot));
    } else if (property.startsWith("rate_limits.")
        && Names.fault(property.substring(dot)) == null) {
      leaveRate(terms, property.substring(dot));
    } else {
      faults.add(
          place,
          "custom " + Shown.quoted(property) + ": expected " + Suggestions.of(property, KNOWN));
    }
  }

  private static void leaveQuota(TierTerms terms, String meter) {
    terms.quotas.add(Setting.custom(QuotaReader.template(meter, terms.zone)));
  }

  private static void leaveRate(TierTerms terms, String id) {
    terms.rates.put(id, Setting.custom(RateReader.any(id)));
  }
}
