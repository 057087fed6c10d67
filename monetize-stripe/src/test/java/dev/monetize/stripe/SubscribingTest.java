// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.StripeException;
import com.stripe.model.Invoice;
import com.stripe.model.Subscription;
import com.stripe.model.SubscriptionItem;
import com.stripe.param.InvoiceListParams;
import com.stripe.param.SubscriptionCreateParams;
import com.stripe.param.SubscriptionListParams;
import dev.monetize.testkit.MemoryJournal;
import dev.monetize.testkit.stripe.StripeFault;
import dev.monetize.tier.TierCatalog;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an app asks for, and what Stripe has then. */
final class SubscribingTest extends ShopCase {

  private static final CheckoutPage PAGE =
      new CheckoutPage(URI.create("https://app.test/thanks"), URI.create("https://app.test/back"));

  private List<Subscription> all() throws StripeException {
    return shop.client
        .v1()
        .subscriptions()
        .list(
            SubscriptionListParams.builder()
                .setCustomer(acme)
                .setStatus(SubscriptionListParams.Status.ALL)
                .build())
        .getData();
  }

  private List<String> keys(Subscription subscription) {
    return subscription.getItems().getData().stream()
        .map(SubscriptionItem::getPrice)
        .map(price -> price.getLookupKey())
        .toList();
  }

  @Test
  void customer_isMadeOnce_andFoundFromBothSides() throws Exception {
    assertThat(shop.billing.customer("acme")).isEqualTo(acme);
    assertThat(shop.client.v1().customers().retrieve(acme).getMetadata())
        .containsEntry("monetize_customer", "acme");
    shop.restart();
    assertThat(shop.billing.stripeCustomer("acme")).contains(acme);
    assertThat(shop.stripe.calls("POST", "/v1/customers")).isEqualTo(1);
  }

  @Test
  void customer_ofAnotherInstance_isFoundBySearch_orMadeUnderTheSameKey() throws Exception {
    StripeBilling other = shop.open(new MemoryJournal(), with -> with);
    other.start(shop.monetizer);
    assertThat(other.customer("acme")).as("within the lag of the search").isEqualTo(acme);
    StripeBilling third = shop.open(new MemoryJournal(), with -> with);
    shop.clock.advance(Duration.ofDays(3));
    assertThat(third.customer("acme")).isEqualTo(acme);
  }

  @Test
  void customer_thatIsDeletedAtStripe_isMadeAnew() throws Exception {
    shop.client.v1().customers().delete(acme);
    String next = shop.billing.customer("acme");
    assertThat(next).isNotEqualTo(acme);
    assertThat(shop.billing.stripeCustomer("acme")).contains(next);
  }

  @Test
  void customer_hasANameAndMailAtStripe() throws Exception {
    shop.billing.customer("acme", "Acme Corp.", "billing@acme.test");
    assertThat(shop.client.v1().customers().retrieve(acme).getName()).isEqualTo("Acme Corp.");
  }

  @Test
  void customer_thatStripeHasAlready_isLinked_andGivenWhatItHas() throws Exception {
    shop.monetizer.accounts().createCustomer("beta", "Beta", "free");
    String there = shop.stranger();
    shop.client
        .v1()
        .subscriptions()
        .create(
            SubscriptionCreateParams.builder()
                .setCustomer(there)
                .addItem(
                    SubscriptionCreateParams.Item.builder()
                        .setPrice(shop.price(shop.product("pro"), "old", 100))
                        .build())
                .build());

    CustomerBilling seen = shop.billing.link("beta", there);

    assertThat(seen.granted()).contains("pro");
    assertThat(shop.tier("beta")).isEqualTo("pro");
    assertThat(shop.client.v1().customers().retrieve(there).getMetadata())
        .containsEntry("monetize_customer", "beta");
    assertThatThrownBy(() -> shop.billing.link("beta", acme))
        .hasMessage(acme + " is customer \"acme\" already");
  }

  @Test
  void subscribe_asksForBaseAndMeters_andGivesTheTier() throws Exception {
    CustomerBilling seen = shop.billing.subscribe("acme", "pro");

    Subscription made = all().get(0);
    assertThat(keys(made)).containsExactly("monetize.pro.base", "monetize.pro.calls");
    assertThat(made.getItems().getData().get(1).getQuantity()).isNull();
    assertThat(made.getBillingMode().getType()).isEqualTo("flexible");
    assertThat(made.getMetadata()).containsEntry("monetize_customer", "acme");
    assertThat(seen.subscription()).contains(made.getId());
    assertThat(seen.status()).isEqualTo("active");
    assertThat(shop.has("acme").tier()).isEqualTo("pro");
    assertThat(shop.has("acme").anchor()).isEqualTo(Shop.START);
    assertThat(shop.has("acme").providerId()).isEqualTo(made.getId());
  }

  @Test
  void subscribe_again_keepsTheSubscription() throws Exception {
    shop.billing.subscribe("acme", "pro");
    shop.restart();
    shop.billing.subscribe("acme", "pro");
    assertThat(all()).hasSize(1);
    assertThat(shop.stripe.calls("POST", "/v1/subscriptions")).isEqualTo(1);
    assertThatThrownBy(() -> shop.billing.subscribe("acme", "max"))
        .hasMessage(
            "customer \"acme\" has a subscription to \"pro\" already: change its tier instead");
  }

  @Test
  void subscribe_whoseAnswerIsLost_isDoneOnce() throws Exception {
    StripeFault none = StripeFault.slow(Duration.ZERO); // of the look at what there is
    shop.stripe.faults().next("/v1/subscriptions", none, StripeFault.unanswered());
    shop.billing.subscribe("acme", "pro");
    assertThat(shop.stripe.calls("POST", "/v1/subscriptions")).isEqualTo(2);
    assertThat(all()).hasSize(1);
    assertThat(shop.tier("acme")).isEqualTo("pro");
  }

  @Test
  void subscribe_afterAnErrorThatStripeRepeats_isDoneOnce() throws Exception {
    for (StripeFault fault : List.of(StripeFault.errorBefore(), StripeFault.errorAfter())) {
      String id = "c" + shop.stripe.calls();
      shop.customer(id);
      shop.stripe.faults().next("/v1/subscriptions", StripeFault.slow(Duration.ZERO), fault);
      assertThatThrownBy(() -> shop.billing.subscribe(id, "pro"))
          .isInstanceOf(StripeException.class);
      assertThat(shop.billing.subscribe(id, "pro").granted()).contains("pro");
      assertThat(shop.tier(id)).isEqualTo("pro");
    }
  }

  @Test
  void subscribe_afterTheSameEnded_isAnotherOne() throws Exception {
    shop.billing.subscribe("acme", "pro");
    shop.client.v1().subscriptions().cancel(all().get(0).getId());
    assertThat(shop.billing.refresh("acme").granted()).contains("free");
    assertThat(shop.tier("acme")).isEqualTo("free");

    shop.billing.subscribe("acme", "pro");

    assertThat(all()).hasSize(2);
    assertThat(shop.tier("acme")).isEqualTo("pro");
  }

  @Test
  void subscribe_withATrial_costsNothingAtFirst() throws Exception {
    CustomerBilling seen = shop.billing.subscribe("acme", "pro", 14);
    assertThat(seen.status()).isEqualTo("trialing");
    assertThat(shop.tier("acme")).isEqualTo("pro");
    assertThat(shop.has("acme").anchor()).isEqualTo(Shop.START.plus(Duration.ofDays(14)));
    assertThatThrownBy(() -> shop.billing.subscribe("acme", "pro", -1))
        .hasMessage("trialDays must be 0 to 730, got -1");
  }

  @Test
  void subscribe_toWhatIsNotForSale_isRefused() {
    assertThatThrownBy(() -> shop.billing.subscribe("acme", "gold"))
        .hasMessage("there is no tier \"gold\"");
    assertThatThrownBy(() -> shop.billing.subscribe("acme", "free"))
        .hasMessage("tier \"free\" costs nothing: there is nothing to subscribe to at Stripe");
  }

  @Test
  void subscribe_toATierWithoutPrices_saysWhichAreMissing() throws Exception {
    shop.restart(with -> with.prefix("other"));
    assertThatThrownBy(() -> shop.billing.subscribe("acme", "pro"))
        .hasMessage(
            "tier \"pro\" has no active price at Stripe with lookup key [other.pro.base,"
                + " other.pro.calls]: apply the tier file there first (StripeCatalog)");
  }

  @Test
  void changeTier_replacesItemsInTheirPlace() throws Exception {
    shop.billing.subscribe("acme", "pro");
    List<String> items = ids(all().get(0));

    CustomerBilling seen = shop.billing.changeTier("acme", "max");

    assertThat(seen.granted()).contains("max");
    assertThat(shop.tier("acme")).isEqualTo("max");
    assertThat(keys(all().get(0)))
        .containsExactlyInAnyOrder("monetize.max.base", "monetize.max.calls");
    assertThat(ids(all().get(0))).containsExactlyInAnyOrderElementsOf(items);
  }

  private static List<String> ids(Subscription subscription) {
    return subscription.getItems().getData().stream().map(SubscriptionItem::getId).toList();
  }

  @Test
  void changeTier_thereAndBackAndThereAgain_isThreeChanges() throws Exception {
    shop.billing.subscribe("acme", "pro");
    for (String tier : List.of("max", "pro", "max", "max", "pro")) {
      shop.restart();
      shop.billing.changeTier("acme", tier);
      assertThat(shop.tier("acme")).isEqualTo(tier);
    }
    assertThat(all()).hasSize(1);
    assertThat(all().get(0).getMetadata()).containsEntry("monetize_changes", "4");
  }

  @Test
  void changeTier_ofNobody_isRefused() {
    assertThatThrownBy(() -> shop.billing.changeTier("acme", "pro"))
        .hasMessage("customer \"acme\" has no subscription at Stripe");
    assertThatThrownBy(() -> shop.billing.changeTier("nobody", "pro"))
        .hasMessage("customer \"nobody\" is not at Stripe");
  }

  @Test
  void cancel_endsWithThePeriod_unlessItIsTakenBack() throws Exception {
    shop.billing.subscribe("acme", "pro");
    Instant end = Instant.parse("2026-04-10T12:34:56Z");
    for (int i = 0; i < 2; i++) {
      assertThat(shop.billing.cancelAtPeriodEnd("acme").endsAt()).contains(end);
      assertThat(shop.billing.keep("acme").endsAt()).isEmpty();
    }
    shop.billing.cancelAtPeriodEnd("acme");
    shop.later(Duration.between(shop.clock.instant(), end.minusSeconds(1)));
    shop.deliverAll();
    assertThat(shop.tier("acme")).isEqualTo("pro");

    shop.later(Duration.ofSeconds(2));
    shop.deliverAll();

    assertThat(shop.tier("acme")).isEqualTo("free");
    assertThat(shop.billing.billing("acme").orElseThrow().status()).isEqualTo("canceled");
  }

  @Test
  void checkout_givesTheTier_whenTheEventCame() throws Exception {
    URI link = shop.billing.checkoutLink("acme", "pro", PAGE);
    assertThat(shop.billing.checkoutLink("acme", "pro", PAGE)).isEqualTo(link);
    String session = shop.client.v1().checkout().sessions().list().getData().get(0).getId();
    assertThat(shop.client.v1().checkout().sessions().retrieve(session).getClientReferenceId())
        .isEqualTo("acme");

    shop.stripe.completeCheckout(session);
    shop.deliverAll();

    assertThat(shop.tier("acme")).isEqualTo("pro");
    assertThat(keys(all().get(0))).containsExactly("monetize.pro.base", "monetize.pro.calls");
    assertThat(all().get(0).getMetadata()).containsEntry("monetize_customer", "acme");
    assertThatThrownBy(() -> shop.billing.checkoutLink("acme", "pro", PAGE))
        .hasMessageStartingWith("customer \"acme\" has a subscription to \"pro\" already");
  }

  @Test
  void checkout_withATrial() throws Exception {
    shop.billing.checkoutLink("acme", "pro", new CheckoutPage(PAGE.success(), PAGE.cancel(), 7));
    shop.stripe.completeCheckout(
        shop.client.v1().checkout().sessions().list().getData().get(0).getId());
    assertThat(shop.billing.refresh("acme").status()).isEqualTo("trialing");
  }

  @Test
  void portal_isAnotherLinkEachTime() throws Exception {
    URI back = URI.create("https://app.test/");
    URI link = shop.billing.portalLink("acme", back);
    assertThat(link.toString()).startsWith("http");
    assertThat(shop.billing.portalLink("acme", back)).isNotEqualTo(link);
    assertThatThrownBy(() -> shop.billing.portalLink("nobody", back))
        .hasMessage("customer \"nobody\" is not at Stripe");
  }

  @Test
  void whatIsACustomersOwn_isLeftAlone() throws Exception {
    shop.monetizer
        .accounts()
        .setStatus("acme", dev.monetize.identity.Subscription.Status.SUSPENDED);
    shop.monetizer.accounts().override("acme", Map.of("overage", "$0.001/call"));
    shop.billing.subscribe("acme", "pro");
    assertThat(shop.has("acme").status())
        .isEqualTo(dev.monetize.identity.Subscription.Status.SUSPENDED);
    assertThat(shop.has("acme").overrides()).containsEntry("overage", "$0.001/call");
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
}
