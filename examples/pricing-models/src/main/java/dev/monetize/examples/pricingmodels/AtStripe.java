// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.pricingmodels;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.Invoice;
import com.stripe.model.InvoiceLineItem;
import com.stripe.param.CustomerUpdateParams;
import com.stripe.param.InvoiceListParams;
import com.stripe.param.PaymentMethodAttachParams;
import dev.monetize.Monetizer;
import dev.monetize.stripe.StripeBilling;
import dev.monetize.stripe.StripeCatalog;
import dev.monetize.stripe.StripeConnection;
import dev.monetize.stripe.StripeUsageSink;
import dev.monetize.stripe.StripeUsageSinkBuilder;
import dev.monetize.testkit.stripe.FakeStripe;
import dev.monetize.tier.TierCatalog;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The same month at Stripe: one to test with, whose clock is that of the month. */
final class AtStripe implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final FakeStripe stripe;
  private final StripeClient client;
  private final StripeBilling billing;
  private final StripeUsageSink usage;

  /** Has it sell the tiers. */
  AtStripe(Path data, TierCatalog tiers, InstantSource clock) throws IOException, StripeException {
    stripe = FakeStripe.builder().clock(clock).start();
    StripeConnection connection =
        StripeConnection.with(stripe.apiKey()).at(URI.create(stripe.apiBase()));
    client = connection.client();
    StripeCatalog catalog = StripeCatalog.of(connection);
    catalog.apply(tiers);
    billing =
        StripeBilling.builder(connection, data.resolve("billing"))
            .fallback(tiers.tiers().get(0).name()) // nobody's subscription ends within the month
            .clock(clock)
            .open();
    StripeUsageSinkBuilder sink =
        StripeUsageSink.builder(connection, data.resolve("outbox")).billing(billing).clock(clock);
    catalog.meters(tiers).forEach(sink::meter);
    usage = sink.build();
  }

  /** Where usage is delivered. */
  StripeUsageSink usage() {
    return usage;
  }

  /** Goes on from here, once the engine is known. */
  void start(Monetizer monetizer) {
    billing.start(monetizer, usage);
  }

  /** Subscribes a customer, who pays by card. */
  void subscribe(String customer, String tier) throws IOException, StripeException {
    String id = billing.customer(customer);
    PaymentMethodAttachParams to = PaymentMethodAttachParams.builder().setCustomer(id).build();
    String card = client.v1().paymentMethods().attach("pm_card_visa", to).getId();
    CustomerUpdateParams.InvoiceSettings settings =
        CustomerUpdateParams.InvoiceSettings.builder().setDefaultPaymentMethod(card).build();
    client
        .v1()
        .customers()
        .update(id, CustomerUpdateParams.builder().setInvoiceSettings(settings).build());
    billing.subscribe(customer, tier);
  }

  /** Reports what was delivered, and waits until it has arrived. */
  void report() throws IOException, InterruptedException {
    usage.flush();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (usage.backlog().waiting() > 0) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("usage has not arrived: " + usage.backlog());
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  /** What final invoices ask for a period, oldest first; the clock is to be past its end. */
  List<StripeLine> lines(String customer, Instant start, Instant end)
      throws StripeException, InterruptedException {
    stripe.settle();
    String id = billing.stripeCustomer(customer).orElseThrow();
    InvoiceListParams of = InvoiceListParams.builder().setCustomer(id).build();
    List<Invoice> invoices = new ArrayList<>(client.v1().invoices().list(of).getData());
    Collections.reverse(invoices);
    List<StripeLine> lines = new ArrayList<>();
    for (Invoice invoice : invoices) {
      for (InvoiceLineItem line : invoice.getLines().getData()) {
        Instant from = Instant.ofEpochSecond(line.getPeriod().getStart());
        if (!from.isBefore(start) && from.isBefore(end) && line.getQuantity() > 0) {
          lines.add(StripeLine.of(invoice, line));
        }
      }
    }
    return lines;
  }

  @Override
  public void close() {
    usage.close();
    billing.close();
    stripe.close();
  }
}
