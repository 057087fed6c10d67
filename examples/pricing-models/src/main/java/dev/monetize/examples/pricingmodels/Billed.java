// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.pricingmodels;

import dev.monetize.InvoicePreview;
import dev.monetize.price.Money;
import java.util.List;
import java.util.Locale;

/**
 * A billing period on paper.
 *
 * @param preview as it is computed here
 * @param stripe what Stripe asked for the same period
 */
record Billed(InvoicePreview preview, List<StripeLine> stripe) {

  /** What Stripe asked for in all. */
  Money total() {
    Money total = Money.zero(preview.total().currency());
    for (StripeLine line : stripe) {
      total = total.plus(line.amount());
    }
    return total;
  }

  /** Both, one below the other. */
  String text() {
    StringBuilder text = new StringBuilder(preview.text()).append("\nStripe's invoices of it\n");
    for (StripeLine line : stripe) {
      row(
          text,
          "%s, %s: %s".formatted(line.invoice(), line.status(), line.description()),
          line.amount());
    }
    row(text, "total", total());
    return text.toString();
  }

  private static void row(StringBuilder text, String what, Money amount) {
    text.append(String.format(Locale.ROOT, "%-66s %12s\n", what, amount.decimal()));
  }
}
