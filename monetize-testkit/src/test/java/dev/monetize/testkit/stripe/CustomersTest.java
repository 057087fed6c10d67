// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.Invoice;
import com.stripe.model.Price;
import com.stripe.model.Subscription;
import com.stripe.model.entitlements.ActiveEntitlement;
import com.stripe.model.entitlements.Feature;
import com.stripe.model.testhelpers.TestClock;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.CustomerSearchParams;
import com.stripe.param.CustomerUpdateParams;
import com.stripe.param.InvoiceItemCreateParams;
import com.stripe.param.ProductFeatureCreateParams;
import com.stripe.param.SubscriptionListParams;
import com.stripe.param.entitlements.ActiveEntitlementListParams;
import com.stripe.param.entitlements.FeatureCreateParams;
import com.stripe.param.testhelpers.TestClockAdvanceParams;
import com.stripe.param.testhelpers.TestClockCreateParams;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Customers: found, deleted, entitled, and living by clocks of their own. */
class CustomersTest {

  private final Shop shop = new Shop();

  @AfterEach
  void close() {
    shop.close();
  }

  private List<String> search(String query) throws StripeException {
    return shop
        .client
        .v1()
        .customers()
        .search(CustomerSearchParams.builder().setQuery(query).build())
        .getData()
        .stream()
        .map(Customer::getName)
        .toList();
  }

  @Test
  void customer_isFoundByMetadata_afterAWhile() throws Exception {
    for (String name : List.of("A", "B")) {
      shop.client
          .v1()
          .customers()
          .create(
              CustomerCreateParams.builder()
                  .setName(name)
                  .setEmail("jenny@example.org")
                  .putMetadata("tenant", name)
                  .build());
    }
    assertThat(search("metadata['tenant']:'A'")).isEmpty();
    shop.later(Duration.ofSeconds(5));
    assertThat(search("metadata['tenant']:'A'")).containsExactly("A");
    assertThat(search("email:'jenny@example.org'")).containsExactly("B", "A");
    assertThat(search("email:'jenny@example.org' AND metadata[\"tenant\"]:\"B\""))
        .containsExactly("B");
    assertThatThrownBy(() -> search("tenant=A")).isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void customer_thatIsDeleted_saysSo_andItsSubscriptionsEnd() throws Exception {
    Customer customer = shop.customer();
    Subscription subscription = shop.subscribe(customer, shop.flat(100));
    assertThat(shop.client.v1().customers().delete(customer.getId()).getDeleted()).isTrue();
    assertThat(shop.client.v1().customers().retrieve(customer.getId()).getDeleted()).isTrue();
    assertThat(shop.again(subscription).getStatus()).isEqualTo("canceled");
    assertThatThrownBy(() -> shop.subscribe(customer, shop.flat(100)))
        .hasMessageContaining("No such customer");
    assertThat(shop.client.v1().customers().list().getData()).isEmpty();
  }

  @Test
  void card_mustBeTheCustomersOwn() throws Exception {
    Customer one = shop.customer();
    Customer other = shop.customer();
    String card = one.getInvoiceSettings().getDefaultPaymentMethod();
    assertThat(card).startsWith("pm_").isNotEqualTo("pm_card_visa");
    assertThatThrownBy(
            () ->
                shop.client
                    .v1()
                    .customers()
                    .update(
                        other.getId(),
                        CustomerUpdateParams.builder()
                            .setInvoiceSettings(
                                CustomerUpdateParams.InvoiceSettings.builder()
                                    .setDefaultPaymentMethod(card)
                                    .build())
                            .build()))
        .hasMessageContaining("must be attached to the customer");
  }

  @Test
  void entitlements_followSubscriptions() throws Exception {
    Price price = shop.flat(100);
    Feature feature =
        shop.client
            .v1()
            .entitlements()
            .features()
            .create(FeatureCreateParams.builder().setName("Fast").setLookupKey("fast").build());
    shop.client
        .v1()
        .products()
        .features()
        .create(
            price.getProduct(),
            ProductFeatureCreateParams.builder().setEntitlementFeature(feature.getId()).build());
    Customer customer = shop.customer();
    assertThat(entitlements(customer)).isEmpty();
    Subscription subscription = shop.subscribe(customer, price);
    assertThat(entitlements(customer)).containsExactly("fast");
    shop.client.v1().subscriptions().cancel(subscription.getId());
    assertThat(entitlements(customer)).isEmpty();
    assertThat(shop.events())
        .containsSubsequence(
            "entitlements.active_entitlement_summary.updated",
            "customer.subscription.deleted",
            "entitlements.active_entitlement_summary.updated");
  }

  private List<String> entitlements(Customer customer) throws StripeException {
    return shop
        .client
        .v1()
        .entitlements()
        .activeEntitlements()
        .list(ActiveEntitlementListParams.builder().setCustomer(customer.getId()).build())
        .getData()
        .stream()
        .map(ActiveEntitlement::getLookupKey)
        .toList();
  }

  @Test
  void invoiceItem_waitsForTheNextInvoice() throws Exception {
    Customer customer = shop.customer();
    shop.subscribe(customer, shop.flat(100));
    shop.client
        .v1()
        .invoiceItems()
        .create(
            InvoiceItemCreateParams.builder()
                .setCustomer(customer.getId())
                .setAmount(250L)
                .setCurrency("usd")
                .setDescription("Late usage")
                .build());
    shop.at("2026-04-10T13:00:00Z");
    Invoice invoice = shop.newest(customer);
    assertThat(invoice.getTotal()).isEqualTo(350);
    assertThat(invoice.getLines().getData())
        .extracting(line -> line.getDescription())
        .contains("Late usage");
    shop.at("2026-05-10T13:00:00Z");
    assertThat(shop.newest(customer).getTotal()).isEqualTo(100);
  }

  @Test
  void testClock_movesItsOwnCustomersOnly() throws Exception {
    TestClock clock =
        shop.client
            .v1()
            .testHelpers()
            .testClocks()
            .create(
                TestClockCreateParams.builder()
                    .setFrozenTime(Instant.parse("2027-01-01T00:00:00Z").getEpochSecond())
                    .setName("mine")
                    .build());
    Customer timed =
        shop.client
            .v1()
            .customers()
            .create(
                CustomerCreateParams.builder()
                    .setTestClock(clock.getId())
                    .setPaymentMethod("pm_card_visa")
                    .setInvoiceSettings(
                        CustomerCreateParams.InvoiceSettings.builder()
                            .setDefaultPaymentMethod("pm_card_visa")
                            .build())
                    .build());
    Customer other = shop.customer();
    shop.meter("calls");
    Price price = shop.flat(100);
    Subscription subscription = shop.subscribe(timed, price);
    shop.subscribe(other, price);
    shop.use(
        timed,
        "calls",
        3,
        each -> each.setTimestamp(Instant.parse("2026-12-31T00:00:00Z").getEpochSecond()));
    assertThat(advance(clock, "2027-02-01T01:00:00Z")).isEqualTo("advancing");
    assertThat(shop.client.v1().testHelpers().testClocks().retrieve(clock.getId()).getStatus())
        .isEqualTo("ready");
    assertThat(shop.newest(timed).getStatus()).isEqualTo("paid");
    assertThat(shop.invoices(timed)).hasSize(2);
    assertThat(shop.invoices(other)).hasSize(1);
    assertThat(
            shop.client
                .v1()
                .subscriptions()
                .list(SubscriptionListParams.builder().setTestClock(clock.getId()).build())
                .getData())
        .extracting(Subscription::getId)
        .containsExactly(subscription.getId());
    assertThat(shop.stripe.usage(timed.getId(), "calls")).isEqualByComparingTo("3");
    assertThatThrownBy(() -> advance(clock, "2027-01-01T00:00:00Z"))
        .hasMessageContaining("cannot be moved backwards");
    assertThatThrownBy(() -> advance(clock, "2027-06-01T00:00:00Z"))
        .hasMessageContaining("two intervals");
  }

  private String advance(TestClock clock, String to) throws StripeException {
    return shop.client
        .v1()
        .testHelpers()
        .testClocks()
        .advance(
            clock.getId(),
            TestClockAdvanceParams.builder()
                .setFrozenTime(Instant.parse(to).getEpochSecond())
                .build())
        .getStatus();
  }
}
