// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.StripeException;
import com.stripe.model.Invoice;
import com.stripe.param.CustomerUpdateParams;
import com.stripe.param.InvoiceListParams;
import com.stripe.param.SubscriptionCreateParams;
import dev.monetize.Caller;
import dev.monetize.Credential;
import dev.monetize.identity.Subscription;
import dev.monetize.testkit.MemoryJournal;
import dev.monetize.testkit.stripe.StripeFault;
import dev.monetize.tier.TierCatalog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens at Stripe, and what follows here. */
final class EventsTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Instant END = Instant.parse("2026-04-10T12:34:56Z");

  @TempDir private Path data;
  private Shop shop;
  private String acme;

  @BeforeEach
  void open() throws StripeException, IOException {
    shop = new Shop(data);
    acme = shop.customer("acme");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private void until(Instant instant) throws Exception {
    shop.later(Duration.between(shop.clock.instant(), instant));
    shop.deliverAll();
  }

  private void failToPay() throws Exception {
    shop.billing.subscribe("acme", "pro");
    shop.stripe.failPayments(acme);
    until(END.plus(HOUR)); // the invoice is a draft for an hour
  }

  @Test
  void paymentThatFails_hasAWeekOfGrace_andThenTheFallback() throws Exception {
    failToPay();
    CustomerBilling seen = shop.billing.billing("acme").orElseThrow();
    assertThat(seen.status()).isEqualTo("past_due");
    assertThat(seen.graceUntil()).contains(END.plus(HOUR).plus(Duration.ofDays(7)));
    assertThat(shop.tier("acme")).isEqualTo("pro");

    shop.clock.set(seen.graceUntil().orElseThrow().minusSeconds(1));
    shop.work();
    assertThat(shop.tier("acme")).isEqualTo("pro");

    shop.clock.set(seen.graceUntil().orElseThrow()); // no event says so
    shop.work();
    assertThat(shop.tier("acme")).isEqualTo("free");
    assertThat(shop.has("acme").providerId()).isEqualTo(seen.subscription().orElseThrow());
  }

  @Test
  void graceThatEndsWhileNothingRuns_isOverAfterTheStart() throws Exception {
    failToPay();
    shop.billing.close();
    shop.clock.advance(Duration.ofDays(8));
    shop.restart();
    shop.work();
    assertThat(shop.tier("acme")).isEqualTo("free");
  }

  @Test
  void paymentThatIsMadeGood_givesTheTierBack() throws Exception {
    shop.restart(with -> with.grace(Duration.ofDays(1)));
    failToPay();
    shop.clock.advance(Duration.ofDays(2));
    shop.work();
    assertThat(shop.tier("acme")).isEqualTo("free");

    shop.stripe.recoverPayments(acme);
    until(END.plus(HOUR).plus(Duration.ofDays(3)));

    assertThat(shop.tier("acme")).isEqualTo("pro");
    assertThat(shop.billing.billing("acme").orElseThrow().graceUntil()).isEmpty();
  }

  @Test
  void fallback_mayBeAnotherOneForATier() throws Exception {
    shop.restart(with -> with.fallback("free").fallback("max", "pro"));
    shop.billing.subscribe("acme", "pro");
    shop.billing.changeTier("acme", "max");
    shop.client
        .v1()
        .subscriptions()
        .cancel(shop.billing.billing("acme").orElseThrow().subscription().orElseThrow());
    shop.deliverAll();
    assertThat(shop.tier("acme")).isEqualTo("pro");
  }

  @Test
  void fallback_thatIsNoTier_orWouldGiveAway_isRefusedAtTheStart() throws Exception {
    StripeBilling wrong = shop.open(new MemoryJournal(), with -> with.fallback("gold"));
    assertThatThrownBy(() -> wrong.start(shop.monetizer))
        .hasMessage("fallback: there is no tier \"gold\"");
    shop.monetizer.reload(
        TierCatalog.parse(
            "tiers.yml",
            """
            tiers:
              free:
                price: 1/month
                endpoints: [/v1/*]
            """));
    StripeBilling none = shop.open(new MemoryJournal(), with -> with);
    assertThatThrownBy(() -> none.start(shop.monetizer))
        .hasMessageStartingWith("the lowest tier, \"free\", is not free: say with fallback(");
  }

  @Test
  void customerThatIsDeleted_hasTheFallback() throws Exception {
    shop.billing.subscribe("acme", "pro");
    shop.client.v1().customers().delete(acme);
    shop.deliverAll();
    assertThat(shop.tier("acme")).isEqualTo("free");
  }

  @Test
  void customerThatNeverSubscribed_isLeftAsItIs() throws Exception {
    Subscription given = shop.monetizer.accounts().changeTier("acme", "pro");
    shop.client
        .v1()
        .customers()
        .update(acme, CustomerUpdateParams.builder().setName("Acme").build());
    shop.deliverAll();
    assertThat(shop.has("acme")).isEqualTo(given);
    assertThat(shop.billing.inbox().pending()).isZero();
  }

  @Test
  void customerOfSomebodyElse_isLetBe() throws Exception {
    String stranger = shop.stranger();
    subscribe(stranger, shop.price(shop.product("pro"), "elsewhere", 100));
    shop.deliverAll();
    assertThat(shop.billing.inbox().pending()).isZero();
    assertThat(shop.billing.inbox().failing()).isEmpty();
  }

  private void subscribe(String customer, String price) throws StripeException {
    shop.client
        .v1()
        .subscriptions()
        .create(
            SubscriptionCreateParams.builder()
                .setCustomer(customer)
                .addItem(
                    SubscriptionCreateParams.Item.builder().setPrice(price).setQuantity(1L).build())
                .build());
  }

  @Test
  void pricesThatChange_areForThoseWhoComeLater() throws Exception {
    shop.billing.subscribe("acme", "pro");
    String dearer = TestTiers.TEXT.replace("49/month", "59/month").replace("0.002", "0.003");
    shop.catalog().apply(TierCatalog.parse("tiers.yml", dearer));
    String beta = shop.customer("beta");
    shop.billing.subscribe("beta", "pro");
    shop.later(Duration.ofDays(32));
    shop.deliverAll();

    assertThat(shop.tier("acme")).isEqualTo("pro");
    assertThat(shop.tier("beta")).isEqualTo("pro");
    assertThat(invoices(acme)).containsExactly(4900L, 4900L);
    assertThat(invoices(beta)).containsExactly(5900L, 5900L);
  }

  private List<Long> invoices(String customer) throws StripeException {
    InvoiceListParams of = InvoiceListParams.builder().setCustomer(customer).build();
    return shop.client.v1().invoices().list(of).getData().stream().map(Invoice::getTotal).toList();
  }

  @Test
  void tierThatIsNotInForce_isShown_andTriedAgain() throws Exception {
    subscribe(acme, shop.price(shop.product("gold"), "gold", 100));
    shop.deliverAll();
    assertThat(shop.tier("acme")).isEqualTo("free");
    assertThat(shop.billing.inbox().pending()).isPositive();
    assertThat(shop.billing.inbox().failing())
        .singleElement()
        .satisfies(
            failure -> {
              assertThat(failure.subject()).isEqualTo(acme);
              assertThat(failure.reason())
                  .endsWith("is of tier \"gold\", which is not in the tiers in force");
            });

    String gold = TestTiers.TEXT + "  gold: {price: 1/month, endpoints: [/v1/*]}\n";
    shop.monetizer.reload(TierCatalog.parse("tiers.yml", gold));
    shop.clock.advance(Duration.ofMinutes(1));
    shop.work();

    assertThat(shop.tier("acme")).isEqualTo("gold");
    assertThat(shop.billing.inbox().pending()).isZero();
    assertThat(shop.billing.inbox().failing()).isEmpty();
  }

  @Test
  void stripeThatIsAway_isAskedLater() throws Exception {
    shop.billing.subscribe("acme", "pro");
    shop.client
        .v1()
        .subscriptions()
        .cancel(shop.billing.billing("acme").orElseThrow().subscription().orElseThrow());
    List<String> events = shop.events();
    shop.stripe.faults().always("/v1/subscriptions", StripeFault.errorBefore());
    events.forEach(event -> assertThat(shop.deliver(event)).isEqualTo(200));
    shop.work();
    assertThat(shop.tier("acme")).isEqualTo("pro");
    assertThat(shop.billing.inbox().failing()).hasSize(1);
    long calls = shop.stripe.calls();
    shop.work();
    assertThat(shop.stripe.calls()).as("not asked all the time").isEqualTo(calls);

    shop.stripe.faults().heal();
    shop.clock.advance(Duration.ofMinutes(1));
    shop.work();
    assertThat(shop.tier("acme")).isEqualTo("free");
  }

  @Test
  void eventsOfOneCustomer_thatFails_doNotHoldUpOthers() throws Exception {
    shop.customer("beta");
    subscribe(acme, shop.price(shop.product("gold"), "gold", 100));
    shop.billing.subscribe("beta", "pro");
    shop.client
        .v1()
        .subscriptions()
        .cancel(shop.billing.billing("beta").orElseThrow().subscription().orElseThrow());
    shop.deliverAll();
    assertThat(shop.tier("beta")).isEqualTo("free");
  }

  @Test
  void eventThatComesWhileStripeIsAsked_isDealtWithAfterwards() throws Exception {
    shop.billing.subscribe("acme", "pro");
    shop.deliver(event("customer.created"));
    shop.stripe.faults().next("/v1/subscriptions", StripeFault.held());
    Thread worker = new Thread(this::stepOnce);
    worker.start();
    shop.stripe.faults().awaitHeld(1);
    shop.deliver(event("customer.subscription.created"));
    shop.stripe.faults().release();
    worker.join();

    assertThat(shop.billing.inbox().pending()).isEqualTo(1);
    assertThat(shop.billing.step()).isTrue();
    assertThat(shop.billing.inbox().pending()).isZero();
  }

  private String event(String type) throws Exception {
    return shop.events().stream()
        .filter(event -> Shop.type(event).equals(type))
        .findFirst()
        .orElseThrow();
  }

  private void stepOnce() {
    try {
      shop.billing.step();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void eventsThatAreLost_areFoundWhenThePeriodHasEnded() throws Exception {
    shop.billing.subscribe("acme", "pro");
    shop.billing.cancelAtPeriodEnd("acme");
    workDaily(5); // what is looked at after a start is over
    shop.later(Duration.between(shop.clock.instant(), END.plus(BillingRules.PATIENCE)));
    shop.work();
    assertThat(shop.tier("acme")).isEqualTo("free");
  }

  @Test
  void allEventsMayBeLost() throws Exception {
    shop.billing.subscribe("acme", "pro");
    shop.stripe.failPayments(acme);
    for (Duration after : List.of(Duration.ofMinutes(15), Duration.ofHours(2))) {
      assertThat(shop.billing.billing("acme").orElseThrow().status()).isEqualTo("active");
      shop.later(Duration.between(shop.clock.instant(), END.plus(after)));
      shop.work();
    }
    assertThat(shop.billing.billing("acme").orElseThrow().status()).isEqualTo("past_due");

    workDaily(4); // Stripe tries again after three days
    shop.stripe.recoverPayments(acme);
    workDaily(6); // and after five more
    assertThat(shop.billing.billing("acme").orElseThrow().status()).isEqualTo("active");
    assertThat(shop.billing.billing("acme").orElseThrow().graceUntil()).isEmpty();
  }

  private void workDaily(int days) throws Exception {
    for (int day = 0; day < days; day++) {
      shop.later(Duration.ofDays(1));
      shop.work();
    }
  }

  /** Calls a month. */
  private long included(String key) {
    Caller caller = (Caller) shop.monetizer.identify(Credential.key(key), "");
    return shop.monetizer.usage(caller).meters().get("calls").quota().orElseThrow().included();
  }

  @Test
  void ownValues_areOfWhatIsPaidFor() throws Exception {
    shop.restart(with -> with.grace(Duration.ZERO));
    shop.billing.subscribe("acme", "pro");
    Map<String, String> agreed = Map.of("included_calls", "900000/month", "overage", "$0.001/call");
    shop.monetizer.accounts().override("acme", agreed);
    shop.stripe.failPayments(acme);
    until(END.plus(HOUR));
    assertThat(shop.tier("acme")).isEqualTo("free");
    String key = shop.monetizer.accounts().issueKey("acme", "").takeSecret();
    assertThat(included(key)).as("nothing of it is given away").isEqualTo(1000);

    shop.restart(with -> with.grace(Duration.ZERO));
    shop.stripe.recoverPayments(acme);
    until(END.plus(HOUR).plus(Duration.ofDays(3)));
    assertThat(shop.tier("acme")).isEqualTo("pro");
    assertThat(included(key)).isEqualTo(900_000);
  }

  @Test
  void ownValues_thatWereSetMeanwhile_stay() throws Exception {
    shop.restart(with -> with.grace(Duration.ZERO));
    shop.billing.subscribe("acme", "pro");
    shop.monetizer.accounts().override("acme", Map.of("included_calls", "900000/month"));
    shop.stripe.failPayments(acme);
    until(END.plus(HOUR));
    Map<String, String> own = Map.of("included_calls", "5/month");
    shop.monetizer.accounts().override("acme", own);
    shop.billing.refresh("acme");
    assertThat(shop.has("acme").overrides()).isEqualTo(own);

    shop.stripe.recoverPayments(acme);
    until(END.plus(HOUR).plus(Duration.ofDays(3)));
    assertThat(shop.has("acme").tier()).isEqualTo("pro");
    assertThat(shop.has("acme").overrides()).isEqualTo(own);
  }

  @Test
  void periods_areKnown_whereTheyBeginWithinAnHour() throws Exception {
    Instant hour = Instant.parse("2026-03-10T12:00:00Z");
    assertThat(shop.billing.periodStart("acme", hour)).isEmpty();
    shop.billing.subscribe("acme", "pro");
    assertThat(shop.billing.periodStart("acme", hour)).contains(Shop.START);
    assertThat(shop.billing.periodStart("acme", hour.plus(HOUR))).isEmpty();
    assertThat(shop.billing.periodStart("acme", Shop.START)).contains(Shop.START);
    assertThat(shop.billing.periodStart("acme", Instant.parse("2026-04-10T12:00:00Z")))
        .as("also before it begins, and its event came")
        .contains(END);

    until(END.plus(HOUR));
    shop.restart();
    assertThat(shop.billing.periodStart("acme", hour)).as("of late usage").contains(Shop.START);
    assertThat(shop.billing.periodStart("acme", Instant.parse("2026-05-10T12:00:00Z")))
        .contains(Instant.parse("2026-05-10T12:34:56Z"));
  }

  @Test
  void use_isReportedShortlyBeforeASubscriptionEnds() throws Exception {
    List<String> flushed = new ArrayList<>();
    shop.billing.subscribe("acme", "pro");
    shop.billing.cancelAtPeriodEnd("acme");
    shop.restart();
    EndFlush ends =
        new EndFlush(
            BillingBook.open(shop.journal::open, shop.clock),
            customer ->
                flushed.add(customer + " " + shop.clock.instant().until(END, ChronoUnit.SECONDS)));
    for (Instant now = END.minusSeconds(400); now.isBefore(END.plusSeconds(400)); ) {
      shop.clock.set(now);
      ends.step(now);
      now = now.plusMillis(500);
    }
    assertThat(flushed).containsExactly("acme 300", "acme 60", "acme 20", "acme 8", "acme 3");
  }

  @Test
  void anotherInstance_findsACustomer_byTheSubscriptionTheyShare() throws Exception {
    shop.billing.subscribe("acme", "pro");
    StripeBilling other = shop.open(new MemoryJournal(), with -> with);
    other.start(shop.monetizer);
    assertThat(other.stripeCustomer("acme")).contains(acme);
    assertThat(other.periodStart("acme", Instant.parse("2026-03-10T12:00:00Z")))
        .contains(Shop.START);
    assertThat(other.stripeCustomer("nobody")).isEmpty();
  }

  @Test
  void customerWithTwoIdsAtStripe_isShown_untilItIsLinked() throws Exception {
    String second = shop.stranger();
    shop.client
        .v1()
        .customers()
        .update(
            second,
            CustomerUpdateParams.builder().putMetadata("monetize_customer", "acme").build());
    shop.deliverAll();
    assertThat(shop.billing.inbox().failing())
        .singleElement()
        .satisfies(
            failure ->
                assertThat(failure.reason())
                    .startsWith("customer \"acme\" is " + acme + " at Stripe, but " + second));

    shop.billing.link("acme", second);
    shop.clock.advance(Duration.ofMinutes(1));
    shop.deliverAll();
    assertThat(shop.billing.stripeCustomer("acme")).contains(second);
  }

  @Test
  void start_isNeeded_andDoneOnce() throws Exception {
    StripeBilling billing = shop.open(new MemoryJournal(), with -> with);
    assertThatThrownBy(() -> billing.subscribe("acme", "pro"))
        .hasMessage("billing is not started: call start(…) first");
    billing.start(shop.monetizer);
    assertThatThrownBy(() -> billing.start(shop.monetizer))
        .hasMessage("billing is started already");
  }
}
