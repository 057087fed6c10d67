// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.Price;
import com.stripe.model.Subscription;
import com.stripe.model.checkout.Session;
import com.stripe.param.checkout.SessionCreateParams;
import com.stripe.param.checkout.SessionRetrieveParams;
import dev.monetize.testkit.stripe.Wireless.Got;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pages on which a customer pays, and manages what it has. */
class CheckoutTest {

  private final Shop shop = new Shop();
  private final Wireless http = new Wireless(shop.stripe);

  @AfterEach
  void close() {
    shop.close();
  }

  private Session session(UnaryOperator<SessionCreateParams.Builder> more, Price price)
      throws StripeException {
    return shop.client
        .v1()
        .checkout()
        .sessions()
        .create(
            more.apply(
                    SessionCreateParams.builder()
                        .setMode(SessionCreateParams.Mode.SUBSCRIPTION)
                        .setSuccessUrl(shop.stripe.apiBase() + "/_state?id={CHECKOUT_SESSION_ID}")
                        .setClientReferenceId("tenant-7")
                        .addLineItem(
                            SessionCreateParams.LineItem.builder()
                                .setPrice(price.getId())
                                .setQuantity(1L)
                                .build()))
                .build());
  }

  @Test
  void session_thatIsPaid_becomesASubscription() throws Exception {
    Price calls = shop.metered(shop.meter("calls"), "0.2");
    Session open =
        session(
            each ->
                each.setCustomerEmail("jenny@example.org")
                    .addLineItem(
                        SessionCreateParams.LineItem.builder().setPrice(calls.getId()).build())
                    .setSubscriptionData(
                        SessionCreateParams.SubscriptionData.builder()
                            .putMetadata("tier", "pro")
                            .build()),
            shop.flat(4900));
    assertThat(open.getStatus()).isEqualTo("open");
    assertThat(open.getAmountTotal()).isEqualTo(4900);
    assertThat(http.getWith("", "/_checkout/" + open.getId()).response().body())
        .contains("49.00 usd");

    Got paid = http.post("/_checkout/" + open.getId(), "card=pm_card_visa");
    assertThat(paid.status()).isEqualTo(303);
    assertThat(paid.header("Location")).endsWith("/_state?id=" + open.getId());
    Session done =
        shop.client
            .v1()
            .checkout()
            .sessions()
            .retrieve(
                open.getId(),
                SessionRetrieveParams.builder()
                    .addExpand("subscription")
                    .addExpand("customer")
                    .addExpand("line_items")
                    .build());
    assertThat(done.getStatus()).isEqualTo("complete");
    assertThat(done.getPaymentStatus()).isEqualTo("paid");
    assertThat(done.getCustomerObject().getEmail()).isEqualTo("jenny@example.org");
    assertThat(done.getSubscriptionObject().getStatus()).isEqualTo("active");
    assertThat(done.getSubscriptionObject().getMetadata()).containsEntry("tier", "pro");
    assertThat(done.getLineItems().getData()).hasSize(2);
    assertThat(shop.events())
        .containsSubsequence(
            "customer.created",
            "customer.subscription.created",
            "invoice.paid",
            "checkout.session.completed");
  }

  @Test
  void session_thatIsDeclined_staysOpen_andIsPaidOnce() throws Exception {
    Customer customer = shop.customer();
    Session open = session(each -> each.setCustomer(customer.getId()), shop.flat(4900));
    String path = "/_checkout/" + open.getId();
    assertThat(http.post(path, "card=pm_card_chargeDeclined").status()).isEqualTo(402);
    assertThat(http.post(path, "card=pm_card_chargeCustomerFail").status()).isEqualTo(402);
    shop.stripe.completeCheckout(open.getId());
    assertThatThrownBy(() -> shop.stripe.completeCheckout(open.getId()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("The session is complete");
    assertThat(shop.client.v1().subscriptions().list().getData()).hasSize(1);
  }

  @Test
  void session_expiresAfterADay() throws Exception {
    Session open = session(each -> each, shop.flat(4900));
    shop.later(Duration.ofDays(1));
    assertThat(shop.client.v1().checkout().sessions().retrieve(open.getId()).getStatus())
        .isEqualTo("expired");
    assertThat(shop.events()).contains("checkout.session.expired");
  }

  @Test
  void session_isRefused() throws Exception {
    Price once = shop.price(each -> each.setUnitAmount(100L).setRecurring(null));
    Price calls = shop.metered(shop.meter("calls"), "0.2");
    assertThatThrownBy(() -> session(each -> each, once))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("at least one recurring price");
    assertThatThrownBy(() -> session(each -> each, calls))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("Quantity should not be specified");
  }

  @Test
  void payment_isAnInvoiceOfItsOwn() throws Exception {
    Price once = shop.price(each -> each.setUnitAmount(2500L).setRecurring(null));
    Customer customer = shop.customer();
    Session open =
        session(
            each -> each.setMode(SessionCreateParams.Mode.PAYMENT).setCustomer(customer.getId()),
            once);
    shop.stripe.completeCheckout(open.getId());
    assertThat(shop.newest(customer).getAmountPaid()).isEqualTo(2500);
  }

  @Test
  void portal_cancelsAtTheEndOfThePeriod() throws Exception {
    Customer customer = shop.customer();
    Subscription subscription = shop.subscribe(customer, shop.flat(4900));
    com.stripe.model.billingportal.Session session =
        shop.client
            .v1()
            .billingPortal()
            .sessions()
            .create(
                com.stripe.param.billingportal.SessionCreateParams.builder()
                    .setCustomer(customer.getId())
                    .setReturnUrl("http://localhost/back")
                    .build());
    String path = "/_portal/" + session.getId();
    assertThat(session.getUrl()).isEqualTo(shop.stripe.apiBase() + path);
    assertThat(http.getWith("", path).response().body()).contains(subscription.getId());
    http.post(path, "subscription=" + subscription.getId() + "&cancel=true");
    Subscription ends = shop.again(subscription);
    assertThat(ends.getCancelAt())
        .isEqualTo(subscription.getItems().getData().get(0).getCurrentPeriodEnd());
    assertThat(ends.getCancelAtPeriodEnd()).isFalse(); // billing is flexible
    http.post(path, "subscription=" + subscription.getId() + "&cancel=false");
    assertThat(shop.again(subscription).getCancelAt()).isNull();
  }
}
