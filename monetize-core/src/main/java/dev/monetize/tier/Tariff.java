// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.price.BasePrice;
import dev.monetize.price.Money;
import dev.monetize.price.Price;
import dev.monetize.price.Price.Tiered.Mode;
import java.util.Currency;
import java.util.Optional;
import java.util.Set;

/** Prices, as they are written in tier files: {@code 49/month}, {@code $0.002/call}. */
final class Tariff {

  private static final Set<String> SECONDS = Set.of("s", "sec", "second");

  /** Between what a package costs and how many units it holds. */
  static final String PACKAGE = "/package of ";

  private static final String EACH =
      "expected <amount>/%s such as %s/%1$s, <amount>/package of <units>,"
          + " or a map with graduated or volume";

  private Tariff() {}

  /** What a tier costs: {@code 0}, {@code 49/month}, {@code custom}. */
  static Optional<Setting<BasePrice>> base(Property property, Currency currency) {
    return property.isCustom()
        ? Optional.of(Setting.custom(BasePrice.monthly(Money.zero(currency))))
        : property.read(text -> base(text, currency)).map(Setting::of);
  }

  /**
   * What the units of a meter cost: {@code $0.002/call}, {@code $0.01/second}, {@code $10/package
   * of 1000}, or {@code graduated} or {@code volume} bands.
   */
  static Optional<Price> units(Property property, String meter, Currency currency) {
    if (property.isScalar()) {
      return property.read(text -> units(text, meter, currency));
    }
    Optional<Section> section =
        property.isList() ? property.refused(each(meter, currency)) : property.section();
    if (section.isEmpty()) {
      return Optional.empty();
    }
    Optional<Property> graduated = section.get().inner("graduated");
    Optional<Property> volume = section.get().inner("volume");
    if (graduated.isPresent() == volume.isPresent() || section.get().all().size() > 1) {
      return property.refused(
          "expected one list of bands, graduated or volume; packages are written "
              + new Money(10_000_000_000L, currency)
              + PACKAGE
              + "1000");
    }
    Mode mode = graduated.isPresent() ? Mode.GRADUATED : Mode.VOLUME;
    return graduated.or(() -> volume).flatMap(bands -> new BandReader(mode, currency).read(bands));
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
    if (text.startsWith(PACKAGE, Math.max(0, slash))) {
      return Price.perPackage(each, Numbers.read(text.substring(slash + PACKAGE.length())));
    }
    throw new IllegalArgumentException(each(meter, currency));
  }

  private static String each(String meter, Currency currency) {
    return EACH.formatted(singular(meter), new Money(2_000_000, currency));
  }

  static Money amount(String text, Currency currency) {
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
