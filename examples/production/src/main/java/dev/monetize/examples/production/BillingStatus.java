// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.production;

import dev.monetize.Monetizer;
import dev.monetize.stripe.ReconcileReport;
import dev.monetize.stripe.StripeBilling;
import dev.monetize.stripe.StripeConnection;
import dev.monetize.stripe.StripeReconciler;
import dev.monetize.stripe.StripeUsageSink;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How billing at Stripe stands, for who runs the app. */
final class BillingStatus {

  /** A month, and the day that it ends on. */
  private static final Duration COMPARED = Duration.ofDays(32);

  private final Monetizer monetizer;
  private final StripeBilling billing;
  private final StripeUsageSink sink;
  private final StripeReconciler reconciler;

  BillingStatus(
      Monetizer monetizer,
      StripeBilling billing,
      StripeUsageSink sink,
      StripeConnection connection) {
    this.monetizer = monetizer;
    this.billing = billing;
    this.sink = sink;
    this.reconciler =
        new StripeReconciler(sink, monetizer::units)
            .withInvoices(connection, monetizer::invoicePreview);
  }

  /** What is on its way, what waits for somebody to decide, and what Stripe told. */
  Map<String, Object> now() {
    Map<String, Object> now = new LinkedHashMap<>();
    now.put("backlog", sink.backlog());
    now.put("parked", sink.parked());
    now.put("meterErrors", billing.meterErrors());
    now.put("inbox", billing.inbox());
    return now;
  }

  /**
   * Compares what a customer used with what Stripe has and bills; empty if there is no such
   * customer. Asks Stripe several times.
   *
   * @throws IllegalStateException if Stripe does not tell who that is
   */
  Optional<ReconcileReport> compared(String customer) {
    if (monetizer.accounts().customer(customer).isEmpty()) {
      return Optional.empty();
    }
    Instant now = Instant.now();
    return Optional.of(reconciler.check(List.of(customer), now.minus(COMPARED), now));
  }
}
