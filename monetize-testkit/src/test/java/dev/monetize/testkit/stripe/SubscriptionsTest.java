// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.CardException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.Invoice;
import com.stripe.model.InvoiceLineItem;
import com.stripe.model.Price;
import com.stripe.model.Subscription;
import com.stripe.model.billing.Meter;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.InvoiceCreatePreviewParams;
import com.stripe.param.PriceCreateParams;
import com.stripe.param.SubscriptionCancelParams;
import com.stripe.param.SubscriptionCreateParams;
import com.stripe.param.SubscriptionUpdateParams;
import com.stripe.param.SubscriptionUpdateParams.ProrationBehavior;
import com.stripe.param.common.EmptyParam;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Subscriptions over their periods, and the invoices that come of them. */
class SubscriptionsTest {

  private final Shop shop = new Shop();
  private Meter meter;
  private Price base;
  private Price calls;

  @BeforeEach
  void open() throws StripeException {
    meter = shop.meter("calls");
    base = shop.flat(4900);
    calls = shop.metered(meter, "0.2");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private static List<Long> amounts(Invoice invoice) {
    return invoice.getLines().getData().stream().map(InvoiceLineItem::getAmount).toList();
  }

  private static Instant end(Subscription subscription) {
    return Instant.ofEpochSecond(subscription.getItems().getData().get(0).getCurrentPeriodEnd());
  }

  @Test
  void subscription_isPaidAhead_andItsUseAfterwards() throws Exception {
    Customer customer = shop.customer();
    Subscription subscription = shop.subscribe(customer, base, calls);
    assertThat(shop.again(subscription).getStatus()).isEqualTo("active");
    Invoice first = shop.newest(customer);
    assertThat(first.getStatus()).isEqualTo("paid");
    assertThat(first.getBillingReason()).isEqualTo("subscription_create");
    assertThat(amounts(first)).containsExactly(4900L, 0L);
    assertThat(first.getParent().getSubscriptionDetails().getSubscription())
        .isEqualTo(subscription.getId());

    shop.use(customer, "calls", 1000);
    shop.at("2026-04-10T12:00:00Z");
    Invoice draft = shop.newest(customer);
    assertThat(draft.getStatus()).isEqualTo("draft");
    assertThat(draft.getBillingReason()).isEqualTo("subscription_cycle");
    assertThat(amounts(draft)).containsExactly(4900L, 200L);
    assertThat(end(shop.again(subscription))).isEqualTo(Instant.parse("2026-05-10T12:00:00Z"));
  }

  @Test
  void draft_takesLateUse_forAnHour_andThenNoMore() throws Exception {
    Customer customer = shop.customer();
    shop.subscribe(customer, calls);
    shop.at("2026-04-10T12:59:59Z");
    long inPeriod = Instant.parse("2026-04-10T11:59:59Z").getEpochSecond();
    shop.use(customer, "calls", 500, each -> each.setTimestamp(inPeriod));
    Invoice draft = shop.newest(customer);
    assertThat(draft.getTotal()).isEqualTo(100);
    assertThat(draft.getAutomaticallyFinalizesAt())
        .isEqualTo(Instant.parse("2026-04-10T13:00:00Z").getEpochSecond());
    shop.at("2026-04-10T13:00:00Z");
    shop.use(customer, "calls", 500, each -> each.setTimestamp(inPeriod));
    Invoice made = shop.newest(customer);
    assertThat(made.getId()).isEqualTo(draft.getId());
    assertThat(made.getStatus()).isEqualTo("paid");
    assertThat(made.getTotal()).isEqualTo(100);
    assertThat(made.getNumber()).isNotEmpty();
    shop.at("2026-05-10T13:00:00Z");
    assertThat(shop.newest(customer).getTotal()).isZero();
  }

  @Test
  void periods_countFromTheirAnchor_alsoAtTheEndOfAMonth() throws Exception {
    shop.at("2027-01-31T10:00:00Z");
    Subscription subscription = shop.subscribe(shop.customer(), base);
    assertThat(end(subscription)).isEqualTo(Instant.parse("2027-02-28T10:00:00Z"));
    shop.at("2027-02-28T11:00:00Z");
    assertThat(end(shop.again(subscription))).isEqualTo(Instant.parse("2027-03-31T10:00:00Z"));
  }

  @Test
  void monthsThatPassAtOnce_areInvoicedEachOnItsOwnDay() throws Exception {
    Customer customer = shop.customer();
    shop.subscribe(customer, base);
    shop.at("2026-06-10T14:00:00Z");
    List<Instant> created =
        shop.invoices(customer).stream()
            .map(invoice -> Instant.ofEpochSecond(invoice.getCreated()))
            .toList();
    assertThat(created)
        .containsExactly(
            Instant.parse("2026-06-10T12:00:00Z"),
            Instant.parse("2026-05-10T12:00:00Z"),
            Instant.parse("2026-04-10T12:00:00Z"),
            Shop.START);
  }

  @Test
  void meteredItem_takesNoQuantity() throws StripeException {
    Customer customer = shop.customer();
    assertThatThrownBy(
            () ->
                shop.client
                    .v1()
                    .subscriptions()
                    .create(
                        SubscriptionCreateParams.builder()
                            .setCustomer(customer.getId())
                            .addItem(
                                SubscriptionCreateParams.Item.builder()
                                    .setPrice(calls.getId())
                                    .setQuantity(1L)
                                    .build())
                            .build()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("Quantity should not be specified where usage_type is `metered`");
  }

  @Test
  void customerWithoutCard_canHaveWhatIsPaidAfterwardsOnly() throws StripeException {
    Customer customer = shop.client.v1().customers().create(CustomerCreateParams.builder().build());
    assertThat(shop.subscribe(customer, calls).getStatus()).isEqualTo("active");
    assertThatThrownBy(() -> shop.subscribe(customer, base))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("no attached payment source");
  }

  @Test
  void firstPaymentThatFails_leavesItIncomplete_forADay() throws Exception {
    Customer customer = shop.customer("pm_card_chargeCustomerFail");
    Subscription subscription = shop.subscribe(customer, base);
    assertThat(shop.again(subscription).getStatus()).isEqualTo("incomplete");
    assertThat(shop.newest(customer).getStatus()).isEqualTo("open");
    shop.later(Duration.ofHours(23));
    assertThat(shop.again(subscription).getStatus()).isEqualTo("incomplete_expired");
    assertThat(shop.newest(customer).getStatus()).isEqualTo("void");
    assertThatThrownBy(
            () ->
                shop.subscribe(
                    customer,
                    each ->
                        each.setPaymentBehavior(
                            SubscriptionCreateParams.PaymentBehavior.ERROR_IF_INCOMPLETE),
                    base))
        .isInstanceOf(CardException.class);
  }

  @Test
  void renewalThatFails_isPastDue_untilItIsPaid() throws Exception {
    Customer customer = shop.customer();
    Subscription subscription = shop.subscribe(customer, base);
    shop.stripe.failPayments(customer.getId());
    shop.at("2026-04-10T13:00:00Z");
    assertThat(shop.again(subscription).getStatus()).isEqualTo("past_due");
    assertThat(shop.newest(customer).getAttemptCount()).isEqualTo(1);
    shop.stripe.recoverPayments(customer.getId());
    assertThat(shop.newest(customer).getStatus()).isEqualTo("open");
    shop.later(Duration.ofDays(3));
    assertThat(shop.newest(customer).getStatus()).isEqualTo("paid");
    assertThat(shop.again(subscription).getStatus()).isEqualTo("active");
    assertThat(shop.events())
        .containsSubsequence(
            "invoice.payment_failed",
            "customer.subscription.updated",
            "invoice.paid",
            "customer.subscription.updated");
  }

  @Test
  void renewalThatFailsToTheEnd_endsIt() throws Exception {
    Customer customer = shop.customer();
    Subscription subscription = shop.subscribe(customer, base);
    shop.stripe.failPayments(customer.getId());
    shop.at("2026-04-26T13:00:00Z");
    Subscription ended = shop.again(subscription);
    assertThat(ended.getStatus()).isEqualTo("canceled");
    assertThat(ended.getCancellationDetails().getReason()).isEqualTo("payment_failed");
    assertThat(shop.newest(customer).getAttemptCount()).isEqualTo(4);
  }

  @Test
  void trial_isFree_alsoWhatIsUsedInIt() throws Exception {
    Customer customer = shop.customer();
    Subscription subscription =
        shop.subscribe(customer, each -> each.setTrialPeriodDays(14L), base, calls);
    assertThat(subscription.getStatus()).isEqualTo("trialing");
    assertThat(shop.newest(customer).getTotal()).isZero();
    shop.use(customer, "calls", 1000);
    shop.at("2026-03-24T13:00:00Z");
    assertThat(shop.again(subscription).getStatus()).isEqualTo("active");
    assertThat(amounts(shop.newest(customer))).containsExactly(4900L);
    shop.use(customer, "calls", 1000);
    shop.at("2026-04-24T13:00:00Z");
    assertThat(amounts(shop.newest(customer))).containsExactly(4900L, 200L);
    assertThat(shop.events()).contains("customer.subscription.trial_will_end");
  }

  @Test
  void cancelAtPeriodEnd_invoicesTheUse_andTakesNoneAfterwards() throws Exception {
    Customer customer = shop.customer();
    Subscription subscription = shop.subscribe(customer, base, calls);
    Subscription changed =
        update(subscription, SubscriptionUpdateParams.builder().setCancelAtPeriodEnd(true));
    assertThat(changed.getStatus()).isEqualTo("active");
    assertThat(changed.getCancelAt()).isEqualTo(end(subscription).getEpochSecond());
    shop.use(customer, "calls", 1000);
    shop.at("2026-04-10T12:00:00Z");
    assertThat(shop.again(subscription).getStatus()).isEqualTo("canceled");
    Invoice last = shop.newest(customer);
    assertThat(last.getStatus()).isEqualTo("paid");
    assertThat(amounts(last)).containsExactly(200L);
    assertThat(shop.events()).contains("customer.subscription.deleted");
    shop.at("2026-06-10T12:00:00Z");
    assertThat(shop.newest(customer).getId()).isEqualTo(last.getId());
  }

  private Subscription update(Subscription subscription, SubscriptionUpdateParams.Builder params)
      throws StripeException {
    return shop.client.v1().subscriptions().update(subscription.getId(), params.build());
  }

  @Test
  void cancelNow_losesTheUse_unlessItIsInvoicedNow() throws Exception {
    Customer customer = shop.customer();
    Subscription lost = shop.subscribe(customer, calls);
    shop.use(customer, "calls", 1000);
    shop.later(Duration.ofDays(1));
    shop.client.v1().subscriptions().cancel(lost.getId());
    assertThat(shop.invoices(customer)).hasSize(1);

    Customer other = shop.customer();
    Subscription billed = shop.subscribe(other, base, calls);
    shop.use(other, "calls", 1000);
    shop.at("2026-03-27T00:00:00Z"); // half of the 31 days, less half a day
    shop.client
        .v1()
        .subscriptions()
        .cancel(
            billed.getId(),
            SubscriptionCancelParams.builder().setInvoiceNow(true).setProrate(true).build());
    assertThat(amounts(shop.newest(other))).contains(200L).anyMatch(amount -> amount < 0);
    assertThat(shop.newest(other).getTotal()).isNegative();
    assertThat(shop.client.v1().customers().retrieve(other.getId()).getBalance())
        .isEqualTo(shop.newest(other).getTotal());
  }

  @Test
  void changeOfPrice_isProrated() throws Exception {
    Customer customer = shop.customer();
    Subscription subscription = shop.subscribe(customer, base);
    Price more = shop.flat(9800);
    shop.later(Duration.ofHours(31 * 12)); // half of the period
    change(subscription, more, ProrationBehavior.CREATE_PRORATIONS);
    assertThat(shop.invoices(customer)).hasSize(1);
    shop.at("2026-04-10T13:00:00Z");
    assertThat(amounts(shop.newest(customer))).containsExactly(-2450L, 4900L, 9800L);
  }

  @Test
  void changeOfAllItems_keepsThePeriod() throws Exception {
    Customer customer = shop.customer();
    Subscription subscription = shop.subscribe(customer, base);
    long end = subscription.getItems().getData().get(0).getCurrentPeriodEnd();
    SubscriptionUpdateParams.Builder params =
        SubscriptionUpdateParams.builder()
            .addItem(
                SubscriptionUpdateParams.Item.builder()
                    .setId(subscription.getItems().getData().get(0).getId())
                    .setDeleted(true)
                    .build())
            .addItem(
                SubscriptionUpdateParams.Item.builder().setPrice(shop.flat(9800).getId()).build());

    Subscription changed = update(subscription, params);

    assertThat(changed.getItems().getData()).hasSize(1);
    assertThat(changed.getItems().getData().get(0).getCurrentPeriodEnd()).isEqualTo(end);
  }

  @Test
  void changeOfPrice_isInvoicedAtOnce_orNotAtAll() throws Exception {
    Customer customer = shop.customer();
    Subscription subscription = shop.subscribe(customer, base);
    shop.later(Duration.ofHours(31 * 12));
    change(subscription, shop.flat(9800), ProrationBehavior.ALWAYS_INVOICE);
    Invoice now = shop.newest(customer);
    assertThat(now.getBillingReason()).isEqualTo("subscription_update");
    assertThat(now.getTotal()).isEqualTo(2450);
    change(subscription, base, ProrationBehavior.NONE);
    shop.at("2026-04-10T13:00:00Z");
    assertThat(amounts(shop.newest(customer))).containsExactly(4900L);
  }

  private void change(Subscription subscription, Price price, ProrationBehavior behavior)
      throws StripeException {
    update(
        subscription,
        SubscriptionUpdateParams.builder()
            .setProrationBehavior(behavior)
            .addItem(
                SubscriptionUpdateParams.Item.builder()
                    .setId(subscription.getItems().getData().get(0).getId())
                    .setPrice(price.getId())
                    .build()));
  }

  @Test
  void changeOfMeteredPrice_billsUseBeforeIt_whereBillingIsFlexible() throws Exception {
    assertThat(afterChange(SubscriptionCreateParams.BillingMode.Type.FLEXIBLE))
        .containsExactly(200L, 1000L);
  }

  @Test
  void changeOfMeteredPrice_losesUseBeforeIt_whereBillingIsClassic() throws Exception {
    assertThat(afterChange(SubscriptionCreateParams.BillingMode.Type.CLASSIC))
        .containsExactly(1000L);
  }

  private List<Long> afterChange(SubscriptionCreateParams.BillingMode.Type mode) throws Exception {
    Customer customer = shop.customer();
    Subscription subscription = shop.subscribe(customer, billing(mode), calls);
    shop.use(customer, "calls", 1000);
    shop.later(Duration.ofDays(1));
    change(subscription, shop.metered(meter, "1"), ProrationBehavior.CREATE_PRORATIONS);
    shop.use(customer, "calls", 1000);
    shop.at("2026-04-10T13:00:00Z");
    return amounts(shop.newest(customer));
  }

  private static UnaryOperator<SubscriptionCreateParams.Builder> billing(
      SubscriptionCreateParams.BillingMode.Type mode) {
    return each ->
        each.setBillingMode(SubscriptionCreateParams.BillingMode.builder().setType(mode).build());
  }

  @Test
  void preview_showsWhatWouldCome_andChangesNothing() throws Exception {
    Customer customer = shop.customer();
    Subscription subscription = shop.subscribe(customer, base, calls);
    shop.use(customer, "calls", 1000);
    InvoiceCreatePreviewParams params =
        InvoiceCreatePreviewParams.builder().setSubscription(subscription.getId()).build();
    Invoice preview = shop.client.v1().invoices().createPreview(params);
    assertThat(amounts(preview)).containsExactly(4900L, 200L);
    assertThat(preview.getId()).startsWith("upcoming_");
    assertThat(shop.client.v1().invoices().createPreview(params).getTotal()).isEqualTo(5100);
    assertThat(shop.invoices(customer)).hasSize(1);
    assertThat(end(shop.again(subscription))).isEqualTo(end(subscription));
  }

  @Test
  void preview_showsAChange() throws Exception {
    Customer customer = shop.customer();
    Subscription subscription = shop.subscribe(customer, base);
    Price more = shop.flat(9800);
    shop.later(Duration.ofHours(31 * 12));
    Invoice preview =
        shop.client
            .v1()
            .invoices()
            .createPreview(
                InvoiceCreatePreviewParams.builder()
                    .setSubscription(subscription.getId())
                    .setSubscriptionDetails(
                        InvoiceCreatePreviewParams.SubscriptionDetails.builder()
                            .addItem(
                                InvoiceCreatePreviewParams.SubscriptionDetails.Item.builder()
                                    .setId(subscription.getItems().getData().get(0).getId())
                                    .setPrice(more.getId())
                                    .build())
                            .build())
                    .build());
    assertThat(amounts(preview)).containsExactlyInAnyOrder(-2450L, 4900L, 9800L);
    assertThat(shop.again(subscription).getItems().getData().get(0).getPrice().getId())
        .isEqualTo(base.getId());
  }

  @Test
  void anchorAhead_proratesTheFirstPeriod() throws Exception {
    Customer customer = shop.customer();
    long anchor = Instant.parse("2026-03-25T12:00:00Z").getEpochSecond();
    Subscription subscription =
        shop.subscribe(customer, each -> each.setBillingCycleAnchor(anchor), base);
    // 15 of the 28 days from February 25th
    assertThat(amounts(shop.newest(customer))).containsExactly(4900L * 15 / 28);
    assertThat(end(subscription).getEpochSecond()).isEqualTo(anchor);
    shop.at("2026-03-25T13:00:00Z");
    assertThat(amounts(shop.newest(customer))).containsExactly(4900L);
  }

  @Test
  void changeOfInterval_beginsAfresh_whereBillingIsClassic() throws Exception {
    Customer customer = shop.customer();
    Subscription subscription =
        shop.subscribe(customer, billing(SubscriptionCreateParams.BillingMode.Type.CLASSIC), base);
    Price yearly = shop.each(PriceCreateParams.Recurring.Interval.YEAR, 49000);
    shop.later(Duration.ofHours(31 * 12));
    change(subscription, yearly, ProrationBehavior.CREATE_PRORATIONS);
    assertThat(amounts(shop.newest(customer))).containsExactlyInAnyOrder(-2450L, 49000L);
    assertThat(end(shop.again(subscription))).isEqualTo(Instant.parse("2027-03-26T00:00:00Z"));
  }

  @Test
  void anchorNow_beginsAfresh() throws Exception {
    Customer customer = shop.customer();
    Subscription subscription = shop.subscribe(customer, base, calls);
    shop.use(customer, "calls", 1000);
    shop.later(Duration.ofHours(31 * 12));
    update(
        subscription,
        SubscriptionUpdateParams.builder()
            .setBillingCycleAnchor(SubscriptionUpdateParams.BillingCycleAnchor.NOW));
    assertThat(amounts(shop.newest(customer))).containsExactlyInAnyOrder(-2450L, 4900L, 200L);
  }

  @Test
  void trialWithoutACard_ends_whereThatIsSaid() throws Exception {
    Customer customer = shop.client.v1().customers().create(CustomerCreateParams.builder().build());
    Subscription subscription =
        shop.subscribe(
            customer,
            each ->
                each.setTrialPeriodDays(1L)
                    .setTrialSettings(
                        SubscriptionCreateParams.TrialSettings.builder()
                            .setEndBehavior(
                                SubscriptionCreateParams.TrialSettings.EndBehavior.builder()
                                    .setMissingPaymentMethod(
                                        SubscriptionCreateParams.TrialSettings.EndBehavior
                                            .MissingPaymentMethod.CANCEL)
                                    .build())
                            .build()),
            base);
    shop.later(Duration.ofDays(1));
    assertThat(shop.again(subscription).getStatus()).isEqualTo("canceled");
  }

  @Test
  void pausedCollection_keepsDrafts() throws Exception {
    Customer customer = shop.customer();
    Subscription subscription = shop.subscribe(customer, base);
    update(
        subscription,
        SubscriptionUpdateParams.builder()
            .setPauseCollection(
                SubscriptionUpdateParams.PauseCollection.builder()
                    .setBehavior(SubscriptionUpdateParams.PauseCollection.Behavior.KEEP_AS_DRAFT)
                    .build()));
    shop.at("2026-04-12T13:00:00Z");
    assertThat(shop.newest(customer).getStatus()).isEqualTo("draft");
    Subscription resumed =
        update(
            subscription, SubscriptionUpdateParams.builder().setPauseCollection(EmptyParam.EMPTY));
    assertThat(resumed.getPauseCollection()).isNull();
  }

  @Test
  void bill_endsAPeriodNow() throws Exception {
    Customer customer = shop.customer();
    Subscription subscription = shop.subscribe(customer, calls);
    shop.use(customer, "calls", 1000);
    shop.later(Duration.ofMinutes(1));
    shop.stripe.bill(subscription.getId());
    assertThat(amounts(shop.newest(customer))).containsExactly(200L);
    assertThat(shop.newest(customer).getStatus()).isEqualTo("paid");
    assertThatThrownBy(() -> shop.stripe.bill("sub_none"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("No such subscription: 'sub_none'");
  }
}
