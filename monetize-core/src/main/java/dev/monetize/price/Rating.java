// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.price;

import dev.monetize.price.RatedLine.Part;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Objects;

/**
 * What usage costs, as pure functions. Everything is computed exactly, however many units; what
 * does not fit into {@link Money} is refused with an {@link ArithmeticException}, never cut.
 */
public final class Rating {

  private Rating() {}

  /**
   * What units cost, exact to a billionth. Only a price per second can fall between two; it is then
   * rounded half-up.
   */
  public static Money rate(Price price, long units) {
    return line("", price, units).exact();
  }

  /**
   * A line of an invoice: what units cost, rounded once, half-up, to the currency's minor unit; of
   * bands, what each comes to is rounded, and its flat amount by itself, as payment providers make
   * a line of each.
   *
   * @param meter the meter they were counted in
   */
  public static RatedLine line(String meter, Price price, long units) {
    return line(meter, price, units, List.of(new Span(0, billable(price, units))));
  }

  /**
   * The same for units that have to be paid of several counts, each of which the price begins anew
   * with: a quota's windows. What spans of one count come to is what the whole comes to, wherever
   * it is divided; so the parts of a count that crosses two invoices are neither lost nor paid
   * twice.
   *
   * @param units all that were counted
   * @param spans those that have to be paid for, without any that are included
   */
  public static RatedLine line(String meter, Price price, long units, List<Span> spans) {
    Objects.requireNonNull(meter, "meter");
    requireNotNegative(units);
    Price unit = price instanceof Price.IncludedThenOverage hybrid ? hybrid.overage() : price;
    BigInteger nanos = BigInteger.ZERO;
    long billable = 0;
    for (Span span : spans) {
      nanos = nanos.add(nanos(unit, span.to())).subtract(nanos(unit, span.from()));
      billable = Math.addExact(billable, span.to() - span.from());
    }
    BigInteger divisor = BigInteger.valueOf(divisor(unit));
    Money exact = Money.rounded(nanos, divisor, Money.SCALE, price.currency());
    List<Part> parts = parts(unit, spans, billable, exact);
    Money amount =
        unit instanceof Price.Tiered
            ? rounded(parts, price.currency())
            : Money.rounded(
                nanos, divisor, price.currency().getDefaultFractionDigits(), price.currency());
    return new RatedLine(meter, units, billable, price, parts, exact, amount);
  }

  private static Money rounded(List<Part> parts, Currency currency) {
    Money sum = Money.zero(currency);
    for (Part part : parts) {
      Money units = part.amount().plus(part.flat().times(-1));
      sum = sum.plus(units.rounded()).plus(part.flat().rounded());
    }
    return sum;
  }

  /** How many of the units have to be paid for. */
  public static long billable(Price price, long units) {
    requireNotNegative(units);
    return price instanceof Price.IncludedThenOverage hybrid
        ? Math.max(0, units - hybrid.included())
        : units;
  }

  /**
   * The share of an amount that falls to a part of the time it is for, to so many decimals, rounded
   * half-up once; of a negative amount it is the negative of the same.
   *
   * @param part of {@code whole}, both in the same unit
   */
  public static Money share(Money amount, long part, long whole, int decimals) {
    return Money.rounded(
        BigInteger.valueOf(amount.nanos()).multiply(BigInteger.valueOf(part)),
        BigInteger.valueOf(whole),
        decimals,
        amount.currency());
  }

  /** What the first units of a count cost, in nanos times {@link #divisor}. */
  private static BigInteger nanos(Price price, long units) {
    if (price instanceof Price.Tiered tiered) {
      BigInteger sum = BigInteger.ZERO;
      for (int i = 0; i < tiered.bands().size(); i++) {
        Price.Band band = tiered.bands().get(i);
        long in = unitsIn(tiered, i, units);
        sum = sum.add(times(band.each(), in)).add(times(band.flat(), Long.signum(in)));
      }
      return sum;
    }
    if (price instanceof Price.PerPackage pack) {
      return times(pack.each(), units / pack.size() + (units % pack.size() == 0 ? 0 : 1));
    }
    return times(each(price), units);
  }

  /** How many of the first units are paid by a band. */
  private static long unitsIn(Price.Tiered price, int index, long units) {
    long from = index == 0 ? 0 : price.bands().get(index - 1).upTo();
    long to = price.bands().get(index).upTo();
    if (price.mode() == Price.Tiered.Mode.VOLUME) {
      return units > from && units <= to ? units : 0;
    }
    return Math.max(0, Math.min(units, to) - from);
  }

  private static List<Part> parts(Price price, List<Span> spans, long billable, Money exact) {
    Money none = Money.zero(price.currency());
    if (!(price instanceof Price.Tiered tiered)) {
      long per = price instanceof Price.PerPackage pack ? pack.size() : divisor(price);
      return billable == 0 ? List.of() : List.of(new Part(billable, each(price), per, none, exact));
    }
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < tiered.bands().size(); i++) {
      long units = 0;
      long flats = 0;
      for (Span span : spans) {
        long before = unitsIn(tiered, i, span.from());
        long after = unitsIn(tiered, i, span.to());
        units = Math.addExact(units, after - before);
        flats += Long.signum(after) - Long.signum(before);
      }
      if (units != 0 || flats != 0) {
        Price.Band band = tiered.bands().get(i);
        Money flat = band.flat().times(flats);
        parts.add(new Part(units, band.each(), 1, flat, band.each().times(units).plus(flat)));
      }
    }
    return parts;
  }

  private static Money each(Price price) {
    if (price instanceof Price.PerUnit unit) {
      return unit.each();
    }
    return price instanceof Price.PerSecond second
        ? second.each()
        : ((Price.PerPackage) price).each();
  }

  private static long divisor(Price price) {
    return price instanceof Price.PerSecond second ? second.unitsPerSecond() : 1;
  }

  private static BigInteger times(Money each, long count) {
    return BigInteger.valueOf(each.nanos()).multiply(BigInteger.valueOf(count));
  }

  private static long requireNotNegative(long units) {
    if (units < 0) {
      throw new IllegalArgumentException("units must not be negative, got " + units);
    }
    return units;
  }
}
