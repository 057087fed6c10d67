// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.price.Money;
import dev.monetize.price.Price;
import dev.monetize.price.Price.Band;
import dev.monetize.price.Price.Tiered;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Optional;

/** Reads the bands of a price: {@code [{up_to: 1000, each: $0.10}, {up_to: inf, each: $0.05}]}. */
final class BandReader {

  private static final int MOST = 100;
  private static final String UP_TO = "up_to";
  private static final String END = "inf";

  private final Tiered.Mode mode;
  private final Currency currency;
  private long before;
  private boolean endsRead = true;

  BandReader(Tiered.Mode mode, Currency currency) {
    this.mode = mode;
    this.currency = currency;
  }

  /** The price, unless any band is at fault. */
  Optional<Price> read(Property property) {
    List<Property> items = property.items();
    if (!property.isList() || items.isEmpty() || items.size() > MOST) {
      return property.refused(
          "expected 1 to %d bands, such as [{up_to: 1000, each: 0.10}, {up_to: inf, each: 0.05}]"
              .formatted(MOST));
    }
    List<Band> bands = new ArrayList<>();
    items.forEach(item -> band(item).ifPresent(bands::add));
    if (endsRead && before != Band.NO_END) {
      return property.refused("expected the last band to be up_to: inf, got up_to: " + before);
    }
    return bands.size() == items.size() ? Optional.of(new Tiered(mode, bands)) : Optional.empty();
  }

  private Optional<Band> band(Property item) {
    Optional<Section> section = item.section(List.of(UP_TO, "each", "flat"));
    Optional<Property> end = section.flatMap(s -> s.inner(UP_TO));
    Optional<Long> upTo = end.flatMap(p -> p.read(this::upTo));
    endsRead &= upTo.isPresent();
    if (section.isEmpty()) {
      return Optional.empty();
    }
    Optional<Property> each = section.get().inner("each");
    Optional<Property> flat = section.get().inner("flat");
    if (end.isEmpty() || (each.isEmpty() && flat.isEmpty())) {
      return item.refused("expected up_to, and each or flat, such as {up_to: 1000, each: 0.10}");
    }
    Optional<Money> unit = amount(each);
    Optional<Money> once = amount(flat);
    return upTo.isEmpty() || unit.isEmpty() || once.isEmpty()
        ? Optional.empty()
        : Optional.of(new Band(upTo.get(), unit.get(), once.get()));
  }

  private Optional<Money> amount(Optional<Property> property) {
    return property.isEmpty()
        ? Optional.of(Money.zero(currency))
        : property.get().read(text -> Tariff.amount(text, currency));
  }

  private long upTo(String text) {
    if (before == Band.NO_END) {
      throw new IllegalArgumentException("expected no band after the one that is up_to: inf");
    }
    long upTo = text.equals(END) ? Band.NO_END : number(text);
    if (upTo <= before) {
      throw new IllegalArgumentException(
          "expected more than the " + before + " of the band before");
    }
    before = upTo;
    return upTo;
  }

  private static long number(String text) {
    try {
      return Numbers.read(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(e.getMessage() + ", or inf in the last band", e);
    }
  }
}
