// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.price;

import java.math.BigInteger;
import java.util.Currency;
import java.util.Objects;

/**
 * What usage costs, as pure functions. Everything is computed exactly, however many units; what
 * does not fit into {@link Money} is refused with an {@link ArithmeticException}, never cut.
 */
public final class Rating {

  private static final BigInteger TWO = BigInteger.TWO;

  /** Nanos of a currency as a fraction, so that nothing is rounded before the end. */
  private record Exact(BigInteger nanos, BigInteger divisor) {}

  private Rating() {}

  /**
   * What units cost, exact to a billionth. Only a price per second can fall between two; it is then
   * rounded half-up.
   */
  public static Money rate(Price price, long units) {
    Exact exact = exact(price, requireNotNegative(units));
    return rounded(exact, BigInteger.ONE, currency(price));
  }

  /**
   * A line of an invoice: what units cost, rounded once, half-up, to the currency's minor unit.
   *
   * @param meter the meter they were counted in
   */
  public static RatedLine line(String meter, Price price, long units) {
    Objects.requireNonNull(meter, "meter");
    Exact exact = exact(price, requireNotNegative(units));
    int decimals = currency(price).getDefaultFractionDigits();
    BigInteger minorUnit = BigInteger.TEN.pow(Money.SCALE - decimals);
    Money amount = rounded(exact, minorUnit, currency(price));
    return new RatedLine(meter, units, billable(price, units), price, amount);
  }

  /** How many of the units have to be paid for. */
  public static long billable(Price price, long units) {
    requireNotNegative(units);
    return price instanceof Price.IncludedThenOverage hybrid
        ? Math.max(0, units - hybrid.included())
        : units;
  }

  private static Exact exact(Price price, long units) {
    if (price instanceof Price.IncludedThenOverage hybrid) {
      return exact(hybrid.overage(), billable(price, units));
    }
    BigInteger nanos = BigInteger.valueOf(price.each().nanos()).multiply(BigInteger.valueOf(units));
    return price instanceof Price.PerSecond perSecond
        ? new Exact(nanos, BigInteger.valueOf(perSecond.unitsPerSecond()))
        : new Exact(nanos, BigInteger.ONE);
  }

  /** The nearest multiple of a step, the higher one where both are as near. */
  private static Money rounded(Exact exact, BigInteger step, Currency currency) {
    BigInteger divisor = exact.divisor().multiply(step);
    BigInteger steps = exact.nanos().multiply(TWO).add(divisor).divide(divisor.multiply(TWO));
    return Money.fitted(steps.multiply(step), currency);
  }

  private static Currency currency(Price price) {
    return price.each().currency();
  }

  private static long requireNotNegative(long units) {
    if (units < 0) {
      throw new IllegalArgumentException("units must not be negative, got " + units);
    }
    return units;
  }
}
