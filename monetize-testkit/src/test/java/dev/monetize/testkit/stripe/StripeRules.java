// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.stripe.StripeClient;
import com.stripe.exception.AuthenticationException;
import com.stripe.exception.IdempotencyException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.Invoice;
import com.stripe.model.InvoiceLineItem;
import com.stripe.model.Price;
import com.stripe.model.Subscription;
import com.stripe.model.billing.Meter;
import com.stripe.model.billing.MeterEventSummary;
import com.stripe.model.testhelpers.TestClock;
import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.InvoiceListParams;
import com.stripe.param.PriceCreateParams;
import com.stripe.param.SubscriptionCreateParams;
import com.stripe.param.SubscriptionUpdateParams;
import com.stripe.param.billing.MeterCreateParams;
import com.stripe.param.billing.MeterEventCreateParams;
import com.stripe.param.billing.MeterEventSummaryListParams;
import com.stripe.param.testhelpers.TestClockAdvanceParams;
import com.stripe.param.testhelpers.TestClockCreateParams;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rules that the real Stripe has and the one to test with keeps: one set of tests for both. */
abstract class StripeRules {

  private static final int TRIES = 120;

  private final String meterName = "monetize_test_" + UUID.randomUUID().toString().substring(0, 8);
  private Meter meter;

  /** A client with a key that may do all. */
  abstract StripeClient client();

  /** A client with another key. */
  abstract StripeClient client(String key);

  abstract Instant now();

  /** Some time goes by, a second or so. */
  abstract void pause() throws InterruptedException;

  @BeforeEach
  final void createMeter() throws StripeException {
    MeterCreateParams params =
        MeterCreateParams.builder()
            .setDisplayName(meterName)
            .setEventName(meterName)
            .setDefaultAggregation(
                MeterCreateParams.DefaultAggregation.builder()
                    .setFormula(MeterCreateParams.DefaultAggregation.Formula.SUM)
                    .build())
            .build();
    meter = client().v1().billing().meters().create(params);
  }

  @AfterEach
  final void deactivateMeter() throws StripeException {
    client().v1().billing().meters().deactivate(meter.getId());
  }

  private Customer customer(UnaryOperator<CustomerCreateParams.Builder> more)
      throws StripeException {
    CustomerCreateParams.Builder params =
        CustomerCreateParams.builder()
            .setName("Monetize test")
            .setPaymentMethod("pm_card_visa")
            .setInvoiceSettings(
                CustomerCreateParams.InvoiceSettings.builder()
                    .setDefaultPaymentMethod("pm_card_visa")
                    .build());
    return client().v1().customers().create(more.apply(params).build());
  }

  private void use(Customer customer, long value, Instant at, String identifier)
      throws StripeException {
    client()
        .v1()
        .billing()
        .meterEvents()
        .create(
            MeterEventCreateParams.builder()
                .setEventName(meterName)
                .putPayload("stripe_customer_id", customer.getId())
                .putPayload("value", String.valueOf(value))
                .setTimestamp(at.getEpochSecond())
                .setIdentifier(identifier)
                .build());
  }

  private static String fresh() {
    return UUID.randomUUID().toString();
  }

  @Test
  final void key_thatIsNone_isRefused() {
    assertThatThrownBy(() -> client("sk_tst_none").v1().customers().list())
        .isInstanceOf(AuthenticationException.class);
  }

  @Test
  final void identifier_thatComesAgain_isRefused_andCountsOnce() throws Exception {
    Customer customer = customer(each -> each);
    Instant at = now().minusSeconds(120);
    String identifier = fresh();
    use(customer, 5, at, identifier);
    InvalidRequestException again =
        catchThrowableOfType(InvalidRequestException.class, () -> use(customer, 5, at, identifier));
    assertThat(again.getStatusCode()).isEqualTo(400);
    assertThat(again).hasMessageContaining("already exists with identifier " + identifier);
    assertThat(again.getStripeError().getLastResponse().headers().firstValue("Stripe-Should-Retry"))
        .contains("false");
    use(customer, 2, at, fresh());
    assertThat(summary(customer, at, new BigDecimal("7"))).isEqualByComparingTo("7");
  }

  /** The sum of the hours around an instant, once it is as expected, or after a minute. */
  private BigDecimal summary(Customer customer, Instant around, BigDecimal expected)
      throws Exception {
    Instant hour = around.truncatedTo(ChronoUnit.HOURS);
    MeterEventSummaryListParams params =
        MeterEventSummaryListParams.builder()
            .setCustomer(customer.getId())
            .setStartTime(hour.minus(Duration.ofHours(1)).getEpochSecond())
            .setEndTime(hour.plus(Duration.ofHours(2)).getEpochSecond())
            .setValueGroupingWindow(MeterEventSummaryListParams.ValueGroupingWindow.HOUR)
            .build();
    BigDecimal sum = BigDecimal.ZERO;
    for (int i = 0; i < TRIES && sum.compareTo(expected) != 0; i++) {
      pause();
      sum =
          client()
              .v1()
              .billing()
              .meters()
              .eventSummaries()
              .list(meter.getId(), params)
              .getData()
              .stream()
              .map(MeterEventSummary::getAggregatedValue)
              .reduce(BigDecimal.ZERO, BigDecimal::add);
    }
    return sum;
  }

  @Test
  final void timestamp_isWithin35DaysAnd5Minutes() throws Exception {
    Customer customer = customer(each -> each);
    use(customer, 1, now().minus(Duration.ofDays(34)), fresh());
    use(customer, 1, now().plus(Duration.ofMinutes(4)), fresh());
    assertThatThrownBy(() -> use(customer, 1, now().minus(Duration.ofDays(36)), fresh()))
        .isInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(() -> use(customer, 1, now().plus(Duration.ofMinutes(6)), fresh()))
        .isInstanceOf(InvalidRequestException.class);
  }

  @Test
  final void meterEvent_ofNobody_isAccepted() throws StripeException {
    Customer nobody = new Customer();
    nobody.setId("cus_nobody");
    use(nobody, 1, now(), fresh());
  }

  @Test
  final void summaries_areAskedForByTheMinute() throws StripeException {
    Customer customer = customer(each -> each);
    long minute = now().truncatedTo(ChronoUnit.MINUTES).getEpochSecond();
    assertThatThrownBy(
            () ->
                client()
                    .v1()
                    .billing()
                    .meters()
                    .eventSummaries()
                    .list(
                        meter.getId(),
                        MeterEventSummaryListParams.builder()
                            .setCustomer(customer.getId())
                            .setStartTime(minute - 3599)
                            .setEndTime(minute)
                            .build()))
        .isInstanceOf(InvalidRequestException.class);
  }

  @Test
  final void idempotencyKey_givesTheSameAgain_orAnErrorWhereTheParametersDiffer()
      throws StripeException {
    RequestOptions key = RequestOptions.builder().setIdempotencyKey(fresh()).build();
    CustomerCreateParams one = CustomerCreateParams.builder().setName("Monetize test").build();
    CustomerCreateParams two = CustomerCreateParams.builder().setName("Monetize").build();
    Customer first = client().v1().customers().create(one, key);
    Customer again = client().v1().customers().create(one, key);
    assertThat(again.getId()).isEqualTo(first.getId());
    assertThat(again.getLastResponse().headers().firstValue("Idempotent-Replayed"))
        .contains("true");
    assertThatThrownBy(() -> client().v1().customers().create(two, key))
        .isInstanceOf(IdempotencyException.class);
  }

  @Test
  final void parameter_thatIsUnknown_isRefused() {
    assertThatThrownBy(
            () ->
                client()
                    .v1()
                    .customers()
                    .create(CustomerCreateParams.builder().putExtraParam("nme", "A").build()))
        .isInstanceOfSatisfying(
            InvalidRequestException.class,
            e -> {
              assertThat(e.getCode()).isEqualTo("parameter_unknown");
              assertThat(e.getParam()).isEqualTo("nme");
            });
  }

  private Price metered(UnaryOperator<PriceCreateParams.Builder> terms) throws StripeException {
    PriceCreateParams.Builder params =
        PriceCreateParams.builder()
            .setCurrency("usd")
            .setProductData(
                PriceCreateParams.ProductData.builder().setName("Monetize test").build())
            .setRecurring(
                PriceCreateParams.Recurring.builder()
                    .setInterval(PriceCreateParams.Recurring.Interval.MONTH)
                    .setUsageType(PriceCreateParams.Recurring.UsageType.METERED)
                    .setMeter(meter.getId())
                    .build());
    return client().v1().prices().create(terms.apply(params).build());
  }

  private Subscription subscribe(Customer customer, Price price, Long quantity)
      throws StripeException {
    SubscriptionCreateParams.Item.Builder item =
        SubscriptionCreateParams.Item.builder().setPrice(price.getId());
    if (quantity != null) {
      item.setQuantity(quantity);
    }
    return client()
        .v1()
        .subscriptions()
        .create(
            SubscriptionCreateParams.builder()
                .setCustomer(customer.getId())
                .addItem(item.build())
                .build());
  }

  @Test
  final void meteredItem_takesNoQuantity() throws StripeException {
    Price price = metered(each -> each.setUnitAmount(1L));
    Customer customer = customer(each -> each);
    assertThatThrownBy(() -> subscribe(customer, price, 1L))
        .isInstanceOf(InvalidRequestException.class);
  }

  private Price licensed(PriceCreateParams.Recurring.Interval interval) throws StripeException {
    PriceCreateParams.Recurring recurring =
        PriceCreateParams.Recurring.builder().setInterval(interval).build();
    return metered(each -> each.setRecurring(recurring).setUnitAmount(100L));
  }

  @Test
  final void item_hasAPeriodByItsInterval_andAllHaveOneAnchor() throws StripeException {
    Price calls = metered(each -> each.setUnitAmount(1L));
    Subscription made =
        client()
            .v1()
            .subscriptions()
            .create(
                SubscriptionCreateParams.builder()
                    .setCustomer(customer(each -> each).getId())
                    .setBillingMode(
                        SubscriptionCreateParams.BillingMode.builder()
                            .setType(SubscriptionCreateParams.BillingMode.Type.FLEXIBLE)
                            .build())
                    .addItem(item(licensed(PriceCreateParams.Recurring.Interval.YEAR)))
                    .addItem(item(calls))
                    .build());
    assertThat(end(made, 0)).isGreaterThan(end(made, 1));

    SubscriptionUpdateParams.Item monthly =
        SubscriptionUpdateParams.Item.builder()
            .setId(made.getItems().getData().get(0).getId())
            .setPrice(licensed(PriceCreateParams.Recurring.Interval.MONTH).getId())
            .build();
    Subscription changed =
        client()
            .v1()
            .subscriptions()
            .update(made.getId(), SubscriptionUpdateParams.builder().addItem(monthly).build());

    assertThat(changed.getBillingCycleAnchor()).isEqualTo(made.getBillingCycleAnchor());
    assertThat(end(changed, 0)).isEqualTo(end(changed, 1)).isEqualTo(end(made, 1));
  }

  private static SubscriptionCreateParams.Item item(Price price) {
    return SubscriptionCreateParams.Item.builder().setPrice(price.getId()).build();
  }

  private static Long end(Subscription subscription, int item) {
    return subscription.getItems().getData().get(item).getCurrentPeriodEnd();
  }

  @Test
  final void usePerUnit_isRoundedOnTheInvoice() throws Exception {
    assertThat(invoice(7, each -> each.setUnitAmountDecimal(new BigDecimal("0.5"))))
        .containsExactly(4L); // 3.5 cents
  }

  @Test
  final void useInTiers_isALineForEach() throws Exception {
    List<Long> lines =
        invoice(
            250,
            each ->
                each.setBillingScheme(PriceCreateParams.BillingScheme.TIERED)
                    .setTiersMode(PriceCreateParams.TiersMode.GRADUATED)
                    .addTier(
                        PriceCreateParams.Tier.builder().setUpTo(100L).setUnitAmount(10L).build())
                    .addTier(
                        PriceCreateParams.Tier.builder()
                            .setUpTo(PriceCreateParams.Tier.UpTo.INF)
                            .setUnitAmountDecimal(new BigDecimal("1.01"))
                            .setFlatAmount(50L)
                            .build()));
    assertThat(lines).containsExactlyInAnyOrder(1000L, 152L, 50L);
  }

  /** The lines of the invoice of a month by a test clock. */
  private List<Long> invoice(long units, UnaryOperator<PriceCreateParams.Builder> terms)
      throws Exception {
    Instant start = now().truncatedTo(ChronoUnit.MINUTES);
    TestClock clock =
        client()
            .v1()
            .testHelpers()
            .testClocks()
            .create(TestClockCreateParams.builder().setFrozenTime(start.getEpochSecond()).build());
    Customer customer = customer(each -> each.setTestClock(clock.getId()));
    subscribe(customer, metered(terms), null);
    use(customer, units, start, fresh());
    summary(customer, start, BigDecimal.valueOf(units));
    advance(clock, start.plus(Duration.ofDays(32)));
    InvoiceListParams params =
        InvoiceListParams.builder().setCustomer(customer.getId()).setLimit(1L).build();
    Invoice invoice = client().v1().invoices().list(params).getData().get(0);
    client().v1().testHelpers().testClocks().delete(clock.getId());
    return invoice.getLines().getData().stream().map(InvoiceLineItem::getAmount).toList();
  }

  private void advance(TestClock clock, Instant to) throws Exception {
    client()
        .v1()
        .testHelpers()
        .testClocks()
        .advance(
            clock.getId(),
            TestClockAdvanceParams.builder().setFrozenTime(to.getEpochSecond()).build());
    for (int i = 0; i < TRIES; i++) {
      pause();
      if (client()
          .v1()
          .testHelpers()
          .testClocks()
          .retrieve(clock.getId())
          .getStatus()
          .equals("ready")) {
        return;
      }
    }
    throw new AssertionError("the test clock does not become ready");
  }
}
