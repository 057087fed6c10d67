// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.stripe.Stripe;
import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.Event;
import com.stripe.model.Invoice;
import com.stripe.model.Price;
import com.stripe.model.Subscription;
import com.stripe.model.billing.Meter;
import com.stripe.model.billing.MeterEvent;
import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.EventListParams;
import com.stripe.param.InvoiceListParams;
import com.stripe.param.PriceCreateParams;
import com.stripe.param.SubscriptionCreateParams;
import com.stripe.param.billing.MeterCreateParams;
import com.stripe.param.billing.MeterEventCreateParams;
import dev.monetize.testkit.MutableClock;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A test Stripe with a clock to turn, a client of Stripe's own, and what a shop needs. */
final class Shop implements AutoCloseable {

  static final Instant START = Instant.parse("2026-03-10T12:00:00Z");

  final MutableClock clock = new MutableClock(START);
  final FakeStripe stripe;
  final StripeClient client;

  Shop() {
    this(settings -> settings);
  }

  Shop(UnaryOperator<FakeStripeBuilder> settings) {
    stripe = settings.apply(FakeStripe.builder().clock(clock)).start();
    client = client(stripe.apiKey());
  }

  StripeClient client(String key) {
    Stripe.enableTelemetry = false;
    return StripeClient.builder()
        .setApiKey(key)
        .setApiBase(stripe.apiBase())
        .setMeterEventsBase(stripe.apiBase())
        .build();
  }

  Customer customer() throws StripeException {
    return customer("pm_card_visa");
  }

  Customer customer(String card) throws StripeException {
    CustomerCreateParams params =
        CustomerCreateParams.builder()
            .setEmail("jenny@example.org")
            .setPaymentMethod(card)
            .setInvoiceSettings(
                CustomerCreateParams.InvoiceSettings.builder()
                    .setDefaultPaymentMethod(card)
                    .build())
            .build();
    return client.v1().customers().create(params);
  }

  Meter meter(String eventName) throws StripeException {
    return meter(eventName, MeterCreateParams.DefaultAggregation.Formula.SUM, null);
  }

  Meter meter(
      String eventName,
      MeterCreateParams.DefaultAggregation.Formula formula,
      MeterCreateParams.EventTimeWindow window)
      throws StripeException {
    MeterCreateParams.Builder params =
        MeterCreateParams.builder()
            .setDisplayName(eventName)
            .setEventName(eventName)
            .setDefaultAggregation(
                MeterCreateParams.DefaultAggregation.builder().setFormula(formula).build());
    if (window != null) {
      params.setEventTimeWindow(window);
    }
    return client.v1().billing().meters().create(params.build());
  }

  /** A price a month, in cents. */
  Price flat(long cents) throws StripeException {
    return price(each -> each.setUnitAmount(cents));
  }

  /** A price each so often, in cents. */
  Price each(PriceCreateParams.Recurring.Interval interval, long cents) throws StripeException {
    PriceCreateParams.Recurring recurring =
        PriceCreateParams.Recurring.builder().setInterval(interval).build();
    return price(each -> each.setUnitAmount(cents).setRecurring(recurring));
  }

  Price price(UnaryOperator<PriceCreateParams.Builder> more) throws StripeException {
    PriceCreateParams.Builder params =
        PriceCreateParams.builder()
            .setCurrency("usd")
            .setProductData(PriceCreateParams.ProductData.builder().setName("API").build())
            .setRecurring(
                PriceCreateParams.Recurring.builder()
                    .setInterval(PriceCreateParams.Recurring.Interval.MONTH)
                    .build());
    return client.v1().prices().create(more.apply(params).build());
  }

  /** A price per unit of a meter, in cents. */
  Price metered(Meter meter, String cents) throws StripeException {
    return metered(meter, each -> each.setUnitAmountDecimal(new BigDecimal(cents)));
  }

  Price metered(Meter meter, UnaryOperator<PriceCreateParams.Builder> more) throws StripeException {
    PriceCreateParams.Recurring recurring =
        PriceCreateParams.Recurring.builder()
            .setInterval(PriceCreateParams.Recurring.Interval.MONTH)
            .setUsageType(PriceCreateParams.Recurring.UsageType.METERED)
            .setMeter(meter.getId())
            .build();
    return price(each -> more.apply(each.setRecurring(recurring)));
  }

  Subscription subscribe(Customer customer, Price... prices) throws StripeException {
    return subscribe(customer, each -> each, prices);
  }

  Subscription subscribe(
      Customer customer, UnaryOperator<SubscriptionCreateParams.Builder> more, Price... prices)
      throws StripeException {
    SubscriptionCreateParams.Builder params =
        SubscriptionCreateParams.builder().setCustomer(customer.getId());
    for (Price price : prices) {
      params.addItem(SubscriptionCreateParams.Item.builder().setPrice(price.getId()).build());
    }
    return client.v1().subscriptions().create(more.apply(params).build());
  }

  Subscription again(Subscription subscription) throws StripeException {
    return client.v1().subscriptions().retrieve(subscription.getId());
  }

  MeterEvent use(Customer customer, String eventName, long value) throws StripeException {
    return use(customer, eventName, value, each -> each);
  }

  MeterEvent use(
      Customer customer,
      String eventName,
      Object value,
      UnaryOperator<MeterEventCreateParams.Builder> more)
      throws StripeException {
    MeterEventCreateParams.Builder params =
        MeterEventCreateParams.builder()
            .setEventName(eventName)
            .putPayload("stripe_customer_id", customer.getId())
            .putPayload("value", String.valueOf(value))
            .setTimestamp(clock.instant().getEpochSecond());
    return client.v1().billing().meterEvents().create(more.apply(params).build());
  }

  static RequestOptions key(String idempotencyKey) {
    return RequestOptions.builder().setIdempotencyKey(idempotencyKey).build();
  }

  /** Turns the clock, and has done what is due. */
  void later(Duration by) throws InterruptedException {
    clock.advance(by);
    stripe.settle();
  }

  void at(String instant) throws InterruptedException {
    clock.set(Instant.parse(instant));
    stripe.settle();
  }

  Invoice newest(Customer customer) throws StripeException {
    return invoices(customer).get(0);
  }

  List<Invoice> invoices(Customer customer) throws StripeException {
    return client
        .v1()
        .invoices()
        .list(InvoiceListParams.builder().setCustomer(customer.getId()).build())
        .getData();
  }

  /** Types of all events so far, oldest first. */
  List<String> events() throws StripeException {
    List<String> types = new ArrayList<>();
    EventListParams params = EventListParams.builder().setLimit(100L).build();
    for (Event event : client.v1().events().list(params).autoPagingIterable()) {
      types.add(0, event.getType());
    }
    return types;
  }

  @Override
  public void close() {
    stripe.close();
  }
}
