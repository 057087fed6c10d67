// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.price;

import java.util.Objects;

/**
 * What a tier costs before any usage, in each month or year.
 *
 * @param amount not negative, in whole minor units: an invoice cannot ask for half a cent
 */
public record BasePrice(Money amount, Per per) {

  /** How often it is due. */
  public enum Per {
    MONTH,
    YEAR
  }

  public BasePrice {
    Objects.requireNonNull(amount, "amount");
    Objects.requireNonNull(per, "per");
    if (amount.nanos() < 0) {
      throw new IllegalArgumentException("base price must not be negative, got " + amount);
    }
    if (!amount.equals(amount.rounded())) {
      throw new IllegalArgumentException(
          "base price must have at most %d decimals, got %s"
              .formatted(amount.currency().getDefaultFractionDigits(), amount));
    }
  }

  /** Due each month. */
  public static BasePrice monthly(Money amount) {
    return new BasePrice(amount, Per.MONTH);
  }

  /** Due each year. */
  public static BasePrice yearly(Money amount) {
    return new BasePrice(amount, Per.YEAR);
  }

  /** As it is written in a tier file: {@code $49/month}. */
  @Override
  public String toString() {
    return amount + (per == Per.MONTH ? "/month" : "/year");
  }
}
