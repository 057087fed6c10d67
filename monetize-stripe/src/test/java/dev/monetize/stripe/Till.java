// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.exception.StripeException;
import dev.monetize.stripe.BilledWorld.Buyer;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who bills buyers: a whole Stripe over HTTP, or its arithmetic alone. */
interface Till extends AutoCloseable {

  /** Where usage is reported to. */
  MeterEvents meters();

  /** Who a buyer is there. */
  void subscribe(Buyer buyer, List<String> prices) throws StripeException;

  void change(Buyer buyer, List<String> prices) throws StripeException;

  /** What the final invoices bill for each buyer's first period, by its id. */
  Map<String, Bill> bills() throws StripeException, IOException, InterruptedException;

  @Override
  void close();

  /** All lines of a period. */
  final class Bill {
    final Map<String, Long> units = new HashMap<>();
    final StringBuilder text = new StringBuilder();
    long cents;
    int lines;

    void add(long amount, String description) {
      cents += amount;
      lines++;
      text.append(amount).append(' ').append(description).append('\n');
    }
  }
}
