// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.StripeException;
import com.stripe.param.CustomerUpdateParams;
import com.stripe.param.SubscriptionCreateParams;
import dev.monetize.identity.Subscription;
import dev.monetize.testkit.stripe.StripeFault;
import dev.monetize.tier.TierCatalog;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What happens at Stripe, and what follows here: also where events are lost, or Stripe is away. */
final class EventsTest extends ShopCase {

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
}
