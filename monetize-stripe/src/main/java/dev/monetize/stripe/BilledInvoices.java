// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.exception.StripeException;
import dev.monetize.price.Money;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/** Invoices at Stripe, as far as they are of usage. Thread-safe. */
interface BilledInvoices {

  /**
   * What a customer is billed.
   *
   * @param customer Stripe's
   * @param since invoices that were made before do not matter
   */
  Billed of(String customer, Instant since) throws StripeException;

  /**
   * All of it.
   *
   * @param lines of metered prices, on invoices that are not void
   * @param spans when the customer is billed for usage: while it has a subscription, and no trial
   */
  record Billed(List<Line> lines, List<Span> spans) {

    public Billed {
      lines = List.copyOf(lines);
      spans = List.copyOf(spans);
    }

    /** Whether usage from a time on is billed. */
    boolean covers(Instant time) {
      return spans.stream().anyMatch(s -> !time.isBefore(s.from) && time.isBefore(s.to));
    }
  }

  /**
   * A line.
   *
   * @param isFinal whether the invoice does not change any more
   * @param event the meter's event name
   * @param from when the usage begins that it is for
   */
  record Line(
      String invoice,
      boolean isFinal,
      String event,
      Instant from,
      BigDecimal units,
      Money amount) {}

  /** Some time, its end not included. */
  record Span(Instant from, Instant to) {}
}
