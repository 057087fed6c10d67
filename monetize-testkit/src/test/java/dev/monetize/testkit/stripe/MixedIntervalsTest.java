// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.Invoice;
import com.stripe.model.InvoiceLineItem;
import com.stripe.model.Price;
import com.stripe.model.Subscription;
import com.stripe.model.SubscriptionItem;
import com.stripe.model.billing.Meter;
import com.stripe.param.InvoiceCreatePreviewParams;
import com.stripe.param.PriceCreateParams.Recurring.Interval;
import com.stripe.param.SubscriptionCancelParams;
import com.stripe.param.SubscriptionCreateParams;
import com.stripe.param.SubscriptionItemCreateParams;
import com.stripe.param.SubscriptionUpdateParams;
import com.stripe.param.checkout.SessionCreateParams;
import com.stripe.param.checkout.SessionCreateParams.LineItem;
import com.stripe.param.common.EmptyParam;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Subscriptions whose items are due at times of their own: each is invoiced when its ends. */
class MixedIntervalsTest {

  private static final long START = Shop.START.getEpochSecond();
  private static final long MONTH = second("2026-04-10T12:00:00Z");
  private static final long YEAR = second("2027-03-10T12:00:00Z");
  private static final Duration HALF_A_MONTH = Duration.ofHours(31 * 12);

  private final Shop shop = new Shop();
  private Customer customer;
  private Price year;
  private Price month;
  private Price calls;

  @BeforeEach
  void open() throws StripeException {
    Meter meter = shop.meter("calls");
    customer = shop.customer();
    year = shop.each(Interval.YEAR, 99_000);
    month = shop.flat(4900);
    calls = shop.metered(meter, "0.2");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private static long second(String instant) {
    return Instant.parse(instant).getEpochSecond();
  }

  private static List<Long> amounts(Invoice invoice) {
    return invoice.getLines().getData().stream().map(InvoiceLineItem::getAmount).toList();
  }

  private static List<Long> ends(Subscription subscription) {
    return subscription.getItems().getData().stream()
        .map(SubscriptionItem::getCurrentPeriodEnd)
        .toList();
  }

  private Subscription update(Subscription subscription, SubscriptionUpdateParams.Builder params)
      throws StripeException {
    return shop.client.v1().subscriptions().update(subscription.getId(), params.build());
  }

  private Subscription change(Subscription subscription, Price price) throws StripeException {
    return update(
        subscription,
        SubscriptionUpdateParams.builder()
            .addItem(
                SubscriptionUpdateParams.Item.builder()
                    .setId(subscription.getItems().getData().get(0).getId())
                    .setPrice(price.getId())
                    .build()));
  }

  @Test
  void item_isInvoicedWhenItsOwnPeriodEnds() throws Exception {
    Subscription subscription = shop.subscribe(customer, year, calls);
    assertThat(amounts(shop.newest(customer))).containsExactly(99_000L, 0L);
    assertThat(ends(subscription)).containsExactly(YEAR, MONTH);
    shop.use(customer, "calls", 1000);
    shop.at("2026-04-10T12:00:00Z");
    assertThat(amounts(shop.newest(customer))).containsExactly(200L);
    assertThat(ends(shop.again(subscription)))
        .containsExactly(YEAR, second("2026-05-10T12:00:00Z"));
    shop.use(customer, "calls", 2000);
    shop.at("2026-05-10T12:00:00Z");
    assertThat(amounts(shop.newest(customer))).containsExactly(400L);
    assertThat(shop.invoices(customer)).hasSize(3);
  }

  @Test
  void itemsThatEndTogether_areOnOneInvoice() throws Exception {
    Subscription subscription = shop.subscribe(customer, year, calls);
    shop.at("2027-02-10T13:00:00Z");
    shop.use(customer, "calls", 1000);
    shop.at("2027-03-10T13:00:00Z");
    assertThat(shop.invoices(customer).subList(0, 2))
        .extracting(Invoice::getCreated)
        .containsExactly(YEAR, second("2027-02-10T12:00:00Z"));
    assertThat(shop.newest(customer).getPeriodStart()).isEqualTo(second("2027-02-10T12:00:00Z"));
    assertThat(amounts(shop.newest(customer))).containsExactly(99_000L, 200L);
    assertThat(ends(shop.again(subscription)))
        .containsExactly(second("2028-03-10T12:00:00Z"), second("2027-04-10T12:00:00Z"));
  }

  @Test
  void classicBilling_takesOneIntervalOnly() throws Exception {
    SubscriptionCreateParams.BillingMode classic =
        SubscriptionCreateParams.BillingMode.builder()
            .setType(SubscriptionCreateParams.BillingMode.Type.CLASSIC)
            .build();
    String refusal =
        "Currency and interval fields must match across all plans on this subscription. Found"
            + " mismatch in interval field.";
    assertThatThrownBy(
            () -> shop.subscribe(customer, each -> each.setBillingMode(classic), year, calls))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(refusal);
    Subscription one = shop.subscribe(customer, each -> each.setBillingMode(classic), year);
    assertThatThrownBy(() -> add(one, calls)).hasMessageContaining(refusal);
    assertThat(shop.again(one).getItems().getData()).hasSize(1);
  }

  private void add(Subscription subscription, Price price) throws StripeException {
    shop.client
        .v1()
        .subscriptionItems()
        .create(
            SubscriptionItemCreateParams.builder()
                .setSubscription(subscription.getId())
                .setPrice(price.getId())
                .build());
  }

  @Test
  void intervals_areMultiplesOfTheShortest() throws Exception {
    Price week = shop.each(Interval.WEEK, 1000);
    Price day = shop.each(Interval.DAY, 100);
    assertThatThrownBy(() -> shop.subscribe(customer, week, month))
        .hasMessageContaining("a multiple of the shortest");
    assertThat(ends(shop.subscribe(customer, year, month, day)))
        .containsExactly(YEAR, MONTH, START + 86_400);
  }

  @Test
  void itemThatIsAdded_isInvoicedByItsOwnInterval() throws Exception {
    Subscription subscription = shop.subscribe(customer, year);
    shop.later(HALF_A_MONTH);
    add(subscription, calls);
    shop.use(customer, "calls", 1000);
    assertThat(ends(shop.again(subscription))).containsExactly(YEAR, MONTH);
    shop.at("2026-04-10T13:00:00Z");
    assertThat(amounts(shop.newest(customer))).containsExactly(200L);
  }

  @Test
  void monthThatBecomesAYear_isProrated_byTheAnchorOfAll() throws Exception {
    Subscription subscription = shop.subscribe(customer, month, calls);
    shop.use(customer, "calls", 1000);
    shop.later(HALF_A_MONTH);
    Subscription changed = change(subscription, year);
    assertThat(changed.getBillingCycleAnchor()).isEqualTo(START);
    assertThat(ends(changed)).containsExactly(YEAR, MONTH);
    assertThat(shop.invoices(customer)).hasSize(1);
    shop.at("2026-04-10T13:00:00Z");
    // half of 31 days back; 349.5 of 365 days on top
    assertThat(amounts(shop.newest(customer))).containsExactlyInAnyOrder(-2450L, 94_796L, 200L);
    shop.at("2026-05-10T13:00:00Z");
    assertThat(amounts(shop.newest(customer))).containsExactly(0L);
  }

  @Test
  void yearThatBecomesAMonth_isProrated() throws Exception {
    Subscription subscription = shop.subscribe(customer, year, calls);
    shop.later(HALF_A_MONTH);
    assertThat(ends(change(subscription, month))).containsExactly(MONTH, MONTH);
    shop.at("2026-04-10T13:00:00Z");
    assertThat(amounts(shop.newest(customer)))
        .containsExactlyInAnyOrder(-94_796L, 2450L, 4900L, 0L);
    assertThat(shop.newest(customer).getAmountDue()).isZero();
  }

  @Test
  void onlyItem_thatBecomesAMonth_isInvoicedThen() throws Exception {
    Subscription subscription = shop.subscribe(customer, year);
    change(subscription, month);
    shop.at("2026-05-10T13:00:00Z");
    assertThat(shop.invoices(customer)).hasSize(3);
    assertThat(amounts(shop.newest(customer))).containsExactly(4900L);
  }

  @Test
  void cancelAtPeriodEnd_isAtTheFirstEnd() throws Exception {
    Subscription subscription = shop.subscribe(customer, year, calls);
    SubscriptionUpdateParams.Builder ends =
        SubscriptionUpdateParams.builder().setCancelAtPeriodEnd(true);
    assertThat(update(subscription, ends).getCancelAt()).isEqualTo(MONTH);
    shop.use(customer, "calls", 1000);
    shop.at("2026-04-10T12:00:00Z");
    assertThat(shop.again(subscription).getStatus()).isEqualTo("canceled");
    assertThat(amounts(shop.newest(customer))).containsExactly(200L);
  }

  @Test
  void cancelAt_maxPeriodEnd_isWhenTheYearIsOver() throws Exception {
    Subscription subscription = shop.subscribe(customer, year, calls);
    SubscriptionUpdateParams.Builder ends =
        SubscriptionUpdateParams.builder()
            .setCancelAt(SubscriptionUpdateParams.CancelAt.MAX_PERIOD_END);
    assertThat(update(subscription, ends).getCancelAt()).isEqualTo(YEAR);
    shop.at("2027-02-10T13:00:00Z");
    assertThat(shop.again(subscription).getStatus()).isEqualTo("active");
    shop.use(customer, "calls", 1000);
    shop.at("2027-03-10T12:00:00Z");
    assertThat(shop.again(subscription).getStatus()).isEqualTo("canceled");
    assertThat(amounts(shop.newest(customer))).containsExactly(200L);
    assertThat(shop.invoices(customer)).as("a page").noneMatch(each -> each.getTotal() > 200);
  }

  @Test
  void cancelAt_isTakenBack() throws Exception {
    Subscription subscription = shop.subscribe(customer, year, calls);
    SubscriptionUpdateParams.Builder ends =
        SubscriptionUpdateParams.builder()
            .setCancelAt(SubscriptionUpdateParams.CancelAt.MIN_PERIOD_END);
    assertThat(update(subscription, ends).getCancelAt()).isEqualTo(MONTH);
    Subscription kept =
        update(subscription, SubscriptionUpdateParams.builder().setCancelAt(EmptyParam.EMPTY));
    assertThat(kept.getCancelAt()).isNull();
    assertThat(kept.getCanceledAt()).isNull();
    shop.at("2026-04-10T13:00:00Z");
    assertThat(shop.again(subscription).getStatus()).isEqualTo("active");
  }

  @Test
  void trial_endsForAllItems_whichThenGoTheirOwnWay() throws Exception {
    Subscription subscription =
        shop.subscribe(customer, each -> each.setTrialPeriodDays(14L), year, calls);
    long trialEnd = START + 14 * 86_400;
    assertThat(ends(subscription)).containsExactly(trialEnd, trialEnd);
    shop.at("2026-03-24T13:00:00Z");
    assertThat(amounts(shop.newest(customer))).containsExactly(99_000L);
    assertThat(ends(shop.again(subscription)))
        .containsExactly(second("2027-03-24T12:00:00Z"), second("2026-04-24T12:00:00Z"));
  }

  @Test
  void preview_hasWhatEndsNext() throws Exception {
    Subscription subscription = shop.subscribe(customer, year, calls);
    shop.use(customer, "calls", 1000);
    InvoiceCreatePreviewParams next =
        InvoiceCreatePreviewParams.builder().setSubscription(subscription.getId()).build();
    assertThat(amounts(shop.client.v1().invoices().createPreview(next))).containsExactly(200L);
    assertThat(ends(shop.again(subscription))).containsExactly(YEAR, MONTH);
  }

  @Test
  void anchorAhead_proratesEachItem() throws Exception {
    long anchor = second("2026-03-25T12:00:00Z");
    Subscription subscription =
        shop.subscribe(customer, each -> each.setBillingCycleAnchor(anchor), year, month);
    assertThat(ends(subscription)).containsExactly(anchor, anchor);
    // 15 of the 365 and of the 28 days up to then
    assertThat(amounts(shop.newest(customer))).containsExactly(4068L, 2625L);
    shop.later(Duration.ofDays(5));
    shop.client
        .v1()
        .subscriptions()
        .cancel(
            subscription.getId(),
            SubscriptionCancelParams.builder().setInvoiceNow(true).setProrate(true).build());
    assertThat(amounts(shop.newest(customer))).containsExactly(-2712L, -1750L); // 10 days of them
  }

  @Test
  void anchorNow_beginsAllAfresh() throws Exception {
    Subscription subscription = shop.subscribe(customer, year, calls);
    shop.use(customer, "calls", 1000);
    shop.later(HALF_A_MONTH);
    Subscription changed =
        update(
            subscription,
            SubscriptionUpdateParams.builder()
                .setBillingCycleAnchor(SubscriptionUpdateParams.BillingCycleAnchor.NOW));
    assertThat(amounts(shop.newest(customer))).containsExactlyInAnyOrder(-94_796L, 99_000L, 200L);
    assertThat(ends(changed))
        .containsExactly(second("2027-03-26T00:00:00Z"), second("2026-04-26T00:00:00Z"));
  }

  @Test
  void checkout_takesOneIntervalOnly() {
    SessionCreateParams params =
        SessionCreateParams.builder()
            .setMode(SessionCreateParams.Mode.SUBSCRIPTION)
            .setSuccessUrl("http://localhost/thanks")
            .addLineItem(LineItem.builder().setPrice(year.getId()).setQuantity(1L).build())
            .addLineItem(LineItem.builder().setPrice(calls.getId()).build())
            .build();
    assertThatThrownBy(() -> shop.client.v1().checkout().sessions().create(params))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(
            "Checkout does not support multiple prices with different billing intervals.");
  }
}
