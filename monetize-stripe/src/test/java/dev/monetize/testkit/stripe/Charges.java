// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;

/** What lines of the test Stripe's invoices come to, without the Stripe around them. */
public final class Charges {

  private Charges() {}

  /** Cents for units of a metered price. */
  public static long of(JsonNode price, long units) {
    return Charge.total(price, BigDecimal.valueOf(units));
  }

  /** How many lines that are. */
  public static int lines(JsonNode price, long units) {
    return Charge.of(price, BigDecimal.valueOf(units)).size();
  }

  /** What of an amount for a period falls to the rest of it. */
  public static long rest(long cents, long from, long start, long end) {
    return Prorations.share(cents, new Span(from, end), new Span(start, end));
  }
}
