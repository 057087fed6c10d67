// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.price;

import java.util.Currency;
import java.util.Objects;

/**
 * An exact amount of money: whole billionths of the currency's major unit, so that $0.002 is exact.
 *
 * @param nanos billionths of a dollar, euro, yen; may be negative
 */
public record Money(long nanos, Currency currency) {

  public Money {
    Objects.requireNonNull(currency, "currency");
  }
}
