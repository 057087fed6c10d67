// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.price.BasePrice;
import dev.monetize.price.Money;
import dev.monetize.price.Price;
import java.util.Currency;
import java.util.Optional;
import java.util.Set;

/** Prices, as they are written in tier files: {@code 49/month}, {@code $0.002/call}. */
final class Tariff {

  private static final Set<String> SECONDS = Set.of("s", "sec", "second");

  private static final String EACH =
      "expected <amount>/%s such as %s/%1$s;"
          + " graduated, volume and package prices are not supported yet";

  private Tariff() {}

  /** What a tier costs: {@code 0}, {@code 49/month}, {@code custom}. */
  static Optional<Setting<BasePrice>> base(Property property, Currency currency) {
    return property.isCustom()
        ? Optional.of(Setting.custom(BasePrice.monthly(Money.zero(currency))))
        : property.read(text -> base(text, currency)).map(Setting::of);
  }

  /** What the units of a meter cost: {@code $0.002/call}, {@code $0.01/second}. */
  static Optional<Price> units(Property property, String meter, Currency currency) {
    return property.isScalar()
        ? property.read(text -> units(text, meter, currency))
        : property.refused(EACH.formatted(singular(meter), new Money(2_000_000, currency)));
  }

  private static BasePrice base(String text, Currency currency) {
    if (text.equals("0")) {
      return BasePrice.monthly(Money.zero(currency));
    }
    int slash = text.lastIndexOf('/');
    String per = text.substring(slash + 1);
    if (slash < 0 || !(per.equals("month") || per.equals("year"))) {
      throw new IllegalArgumentException("expected 0, <amount>/month or <amount>/year, or custom");
    }
    Money amount = amount(text.substring(0, slash), currency);
    return per.equals("month") ? BasePrice.monthly(amount) : BasePrice.yearly(amount);
  }

  /** What the units of a meter cost. */
  private static Price units(String text, String meter, Currency currency) {
    int slash = text.indexOf('/');
    Money each = amount(slash < 0 ? text : text.substring(0, slash), currency);
    String unit = slash < 0 ? meter : text.substring(slash + 1);
    if (SECONDS.contains(unit)) {
      return Price.perSecond(each);
    }
    if (unit.equals(meter) || meter.equals(unit + "s") || unit.equals("unit")) {
      return Price.perUnit(each);
    }
    throw new IllegalArgumentException(
        EACH.formatted(singular(meter), new Money(2_000_000, currency)));
  }

  private static Money amount(String text, Currency currency) {
    Money amount = Money.of(text, currency);
    if (amount.nanos() < 0) {
      throw new IllegalArgumentException("expected an amount that is not negative");
    }
    return amount;
  }

  /** One unit of a meter: {@code call} of {@code calls}. */
  static String singular(String meter) {
    return meter.length() > 1 && meter.endsWith("s")
        ? meter.substring(0, meter.length() - 1)
        : meter;
  }
}
