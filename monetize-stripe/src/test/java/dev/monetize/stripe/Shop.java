// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.net.ApiResource.RequestMethod;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.CustomerUpdateParams;
import com.stripe.param.PaymentMethodAttachParams;
import com.stripe.param.PriceCreateParams;
import com.stripe.param.ProductCreateParams;
import dev.monetize.Monetizer;
import dev.monetize.identity.Subscription;
import dev.monetize.testkit.MemoryJournal;
import dev.monetize.testkit.MutableClock;
import dev.monetize.testkit.stripe.FakeStripe;
import dev.monetize.tier.TierCatalog;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** An app with tiers, and a Stripe that has their prices. */
final class Shop implements AutoCloseable {

  static final Instant START = Instant.parse("2026-03-10T12:34:56Z");
  static final String SECRET = "whsec_test";

  private static final ObjectMapper JSON = new ObjectMapper();

  final MutableClock clock = new MutableClock(START);
  final FakeStripe stripe = FakeStripe.builder().clock(clock).start();
  final StripeConnection connection =
      StripeConnection.with(stripe.apiKey()).at(URI.create(stripe.apiBase()));
  final StripeClient client = connection.client();
  final MemoryJournal journal = new MemoryJournal();
  final Monetizer monetizer;
  StripeBilling billing;
  StripeWebhookServlet servlet;

  Shop(Path data) throws IOException, StripeException {
    monetizer =
        Monetizer.builder()
            .tiers(TierCatalog.parse("tiers.yml", TestTiers.TEXT))
            .dataDirectory(data)
            .clock(clock)
            .defaultTier("free")
            .build();
    catalog().apply(monetizer.tiers());
    billing = open(journal, settings -> settings);
    servlet = new StripeWebhookServlet(billing, SECRET);
    billing.start(monetizer);
  }

  StripeBilling open(MemoryJournal book, UnaryOperator<StripeBillingBuilder> more)
      throws IOException {
    return more.apply(
            StripeBilling.builder(connection, Path.of("unused")).journal(book::open).clock(clock))
        .open(0);
  }

  /** The process ends, and begins again. */
  void restart() throws IOException {
    restart(settings -> settings);
  }

  void restart(UnaryOperator<StripeBillingBuilder> more) throws IOException {
    billing = open(journal, more);
    servlet = new StripeWebhookServlet(billing, SECRET);
    billing.start(monetizer);
  }

  /** How prices are made. */
  StripeCatalog catalog() {
    return StripeCatalog.builder(connection).meter("calls", "api_calls").build();
  }

  /** A product that somebody made by hand. */
  String product(String tier) throws StripeException {
    return client
        .v1()
        .products()
        .create(
            ProductCreateParams.builder().setName(tier).putMetadata("monetize_tier", tier).build())
        .getId();
  }

  /** A price a month that somebody made by hand. */
  String price(String product, String key, long cents) throws StripeException {
    PriceCreateParams.Recurring month =
        PriceCreateParams.Recurring.builder()
            .setInterval(PriceCreateParams.Recurring.Interval.MONTH)
            .build();
    PriceCreateParams price =
        PriceCreateParams.builder()
            .setCurrency("usd")
            .setProduct(product)
            .setLookupKey(key)
            .setTransferLookupKey(true)
            .setUnitAmount(cents)
            .setRecurring(month)
            .build();
    return client.v1().prices().create(price).getId();
  }

  /** A customer of ours that can pay at Stripe; who it is there. */
  String customer(String id) throws StripeException, IOException {
    monetizer.accounts().createCustomer(id, id, "free");
    String stripeCustomer = billing.customer(id);
    card(stripeCustomer);
    return stripeCustomer;
  }

  void card(String stripeCustomer) throws StripeException {
    card(client, stripeCustomer);
  }

  /** From now on it can pay. */
  static void card(StripeClient client, String stripeCustomer) throws StripeException {
    String card =
        client
            .v1()
            .paymentMethods()
            .attach(
                "pm_card_visa",
                PaymentMethodAttachParams.builder().setCustomer(stripeCustomer).build())
            .getId();
    client
        .v1()
        .customers()
        .update(
            stripeCustomer,
            CustomerUpdateParams.builder()
                .setInvoiceSettings(
                    CustomerUpdateParams.InvoiceSettings.builder()
                        .setDefaultPaymentMethod(card)
                        .build())
                .build());
  }

  /** Somebody whom the app does not know. */
  String stranger() throws StripeException {
    return stranger(client);
  }

  /** Somebody who can pay. */
  static String stranger(StripeClient client) throws StripeException {
    return client
        .v1()
        .customers()
        .create(
            CustomerCreateParams.builder()
                .setPaymentMethod("pm_card_visa")
                .setInvoiceSettings(
                    CustomerCreateParams.InvoiceSettings.builder()
                        .setDefaultPaymentMethod("pm_card_visa")
                        .build())
                .build())
        .getId();
  }

  Subscription has(String customer) {
    return monetizer.accounts().subscription(customer).orElseThrow();
  }

  /** What is in force. */
  String tier(String customer) {
    return has(customer).inForce();
  }

  /** Turns the clock, and has Stripe do what is due. */
  void later(Duration by) throws InterruptedException {
    clock.advance(by);
    stripe.settle();
  }

  /** All events so far, oldest first. */
  List<String> events() throws StripeException, IOException {
    List<String> events = new ArrayList<>();
    String after = "";
    boolean more = true;
    while (more) {
      JsonNode page =
          JSON.readTree(
              client.rawRequest(RequestMethod.GET, "/v1/events?limit=100" + after, null).body());
      for (JsonNode event : page.path("data")) {
        events.add(0, event.toString());
        after = "&starting_after=" + event.path("id").asText();
      }
      more = page.path("has_more").asBoolean();
    }
    return events;
  }

  /** The newest of them, up to 25, newest first. */
  List<String> newestEvents() throws StripeException, IOException {
    List<String> newest = new ArrayList<>();
    JSON.readTree(client.rawRequest(RequestMethod.GET, "/v1/events?limit=25", null).body())
        .path("data")
        .forEach(event -> newest.add(event.toString()));
    return newest;
  }

  static String type(String event) {
    try {
      return JSON.readTree(event).path("type").asText();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Stripe brings an event; what is answered. */
  int deliver(String event) {
    byte[] body = event.getBytes(StandardCharsets.UTF_8);
    return Posted.to(servlet, body, List.of(Posted.signed(event, SECRET, clock.instant())))
        .status();
  }

  /** Stripe brings all events so far, and they are dealt with. */
  void deliverAll() throws Exception {
    for (String event : events()) {
      deliver(event);
    }
    work();
  }

  /** Does all that is due now. */
  void work() throws IOException, InterruptedException {
    while (billing.step()) {
      // there may be more
    }
  }

  @Override
  public void close() {
    billing.close();
    monetizer.close();
    stripe.close();
  }
}
