// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.price;

import java.util.Objects;

/** What a tier costs before any usage, in each month or year. */
public record BasePrice(Money amount, Per per) {

  /** How often it is due. */
  public enum Per {
    MONTH,
    YEAR
  }

  public BasePrice {
    Objects.requireNonNull(amount, "amount");
    Objects.requireNonNull(per, "per");
  }
}
