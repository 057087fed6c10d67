// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.price;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Currency;
import java.util.Objects;

/**
 * An exact amount of money: whole billionths of the currency's major unit, so that $0.002 is exact.
 *
 * <p>Sums and products are exact; one that does not fit is refused, never cut. Rounding happens
 * only in {@link #rounded} and {@link #minorUnits}, half-up, where a line of an invoice is made.
 *
 * @param nanos billionths of a dollar, euro, yen; may be negative
 */
public record Money(long nanos, Currency currency) {

  static final int SCALE = 9;

  public Money {
    Objects.requireNonNull(currency, "currency");
    if (currency.getDefaultFractionDigits() < 0) {
      throw new IllegalArgumentException("currency " + currency + " has no minor unit");
    }
  }

  /**
   * An amount that names its currency: {@code $0.002}, {@code €49}, {@code 0.002 USD}. The signs
   * are $ for USD, € for EUR, £ for GBP and ¥ for JPY.
   *
   * @throws IllegalArgumentException if it is none, or has more than 9 decimals
   */
  public static Money of(String text) {
    return MoneyText.parse(text, null);
  }

  /**
   * An amount in a currency, which the text may name: {@code 49}, {@code $49}, {@code 49 USD}.
   *
   * @throws IllegalArgumentException if it is none, has more than 9 decimals, or is in another
   *     currency
   */
  public static Money of(String text, Currency currency) {
    return MoneyText.parse(text, Objects.requireNonNull(currency, "currency"));
  }

  /** Nothing. */
  public static Money zero(Currency currency) {
    return new Money(0, currency);
  }

  /**
   * The sum.
   *
   * @throws IllegalArgumentException if the other is in another currency
   * @throws ArithmeticException if it does not fit
   */
  public Money plus(Money other) {
    if (!currency.equals(other.currency)) {
      throw new IllegalArgumentException("cannot add " + other + " to " + this);
    }
    return fitted(BigInteger.valueOf(nanos).add(BigInteger.valueOf(other.nanos)), currency);
  }

  /**
   * This amount so many times.
   *
   * @throws ArithmeticException if it does not fit
   */
  public Money times(long count) {
    return fitted(BigInteger.valueOf(nanos).multiply(BigInteger.valueOf(count)), currency);
  }

  /** Whether it is nothing. */
  public boolean isZero() {
    return nanos == 0;
  }

  /** The amount in major units. */
  public BigDecimal amount() {
    return BigDecimal.valueOf(nanos, SCALE);
  }

  /** The amount in the currency's minor unit, rounded half-up: cents for USD, yen for JPY. */
  public long minorUnits() {
    return amount()
        .setScale(currency.getDefaultFractionDigits(), RoundingMode.HALF_UP)
        .unscaledValue()
        .longValueExact();
  }

  /**
   * The amount rounded half-up to the currency's minor unit.
   *
   * @throws ArithmeticException if it does not fit
   */
  public Money rounded() {
    BigDecimal minor = amount().setScale(currency.getDefaultFractionDigits(), RoundingMode.HALF_UP);
    return fitted(minor.setScale(SCALE).unscaledValue(), currency);
  }

  /** Without its currency, with all decimals of the minor unit: {@code 49.00}, {@code 0.002}. */
  public String decimal() {
    BigDecimal exact = amount().stripTrailingZeros();
    return exact
        .setScale(Math.max(currency.getDefaultFractionDigits(), exact.scale()))
        .toPlainString();
  }

  /** As it is written in a tier file: {@code $0.002}, {@code 0.002 CHF}. */
  @Override
  public String toString() {
    return MoneyText.format(this);
  }

  /** A fraction of nanos, rounded half-up to so many decimals; a negative one as a positive one. */
  static Money rounded(BigInteger nanos, BigInteger divisor, int decimals, Currency currency) {
    BigInteger step = BigInteger.TEN.pow(SCALE - decimals);
    BigInteger whole = divisor.multiply(step);
    BigInteger steps =
        nanos.abs().multiply(BigInteger.TWO).add(whole).divide(whole.multiply(BigInteger.TWO));
    return fitted(steps.multiply(step).multiply(BigInteger.valueOf(nanos.signum())), currency);
  }

  static Money fitted(BigInteger nanos, Currency currency) {
    if (nanos.bitLength() > Long.SIZE - 1) {
      throw new ArithmeticException(
          "amount must be below %d %s, got %s"
              .formatted(Long.MAX_VALUE / 1_000_000_000, currency, new BigDecimal(nanos, SCALE)));
    }
    return new Money(nanos.longValue(), currency);
  }
}
