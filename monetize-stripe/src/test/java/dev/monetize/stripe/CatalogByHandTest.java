// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.StripeException;
import com.stripe.param.PriceCreateParams;
import com.stripe.param.PriceUpdateParams;
import com.stripe.param.ProductCreateParams;
import com.stripe.param.ProductUpdateParams;
import com.stripe.param.billing.MeterCreateParams;
import com.stripe.param.billing.MeterCreateParams.DefaultAggregation;
import com.stripe.param.entitlements.FeatureUpdateParams;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What people did at Stripe by hand is told, or taken over where it says what it is. */
final class CatalogByHandTest {

  private static final String TIERS =
      """
      tiers:
        pro:
          price: 49/month
          prices: {calls: $0.002/call}
          features: {sso: true}
          endpoints: [/v1/*]
      """;

  private final CatalogBench bench = new CatalogBench();

  @AfterEach
  void close() {
    bench.close();
  }

  private void assertFault(String expected) throws StripeException {
    long before = bench.posts();
    CatalogPlan plan = bench.plan(TIERS);
    assertThat(plan.faults()).containsExactly(expected);
    assertThat(plan.isEmpty()).isFalse();
    assertThat(plan.toString())
        .endsWith("fault: " + expected + "\nNothing is done until the faults are mended.");
    assertThatThrownBy(() -> bench.apply(TIERS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Stripe cannot agree with the tiers:\n" + expected);
    assertThat(bench.posts()).as("nothing was done").isEqualTo(before);
  }

  private String product(String tier) throws StripeException {
    ProductCreateParams.Builder params = ProductCreateParams.builder().setName("by hand");
    if (!tier.isEmpty()) {
      params.putMetadata("monetize_tier", tier);
    }
    return bench.client.v1().products().create(params.build()).getId();
  }

  private String price(String product, String key) throws StripeException {
    return bench
        .client
        .v1()
        .prices()
        .create(
            PriceCreateParams.builder()
                .setCurrency("usd")
                .setProduct(product)
                .setLookupKey(key)
                .setUnitAmount(4900L)
                .setRecurring(
                    PriceCreateParams.Recurring.builder()
                        .setInterval(PriceCreateParams.Recurring.Interval.MONTH)
                        .build())
                .build())
        .getId();
  }

  private MeterCreateParams.Builder meter(DefaultAggregation.Formula formula) {
    return MeterCreateParams.builder()
        .setDisplayName("calls")
        .setEventName("monetize_calls")
        .setDefaultAggregation(DefaultAggregation.builder().setFormula(formula).build());
  }

  @Test
  void archivedProduct_isTold() throws StripeException {
    bench.apply(TIERS);
    String product = bench.product("pro").getId();
    ProductUpdateParams off = ProductUpdateParams.builder().setActive(false).build();
    bench.client.v1().products().update(product, off);

    assertFault(
        "product "
            + product
            + " of tier pro is archived at Stripe: make it active again, or take monetize_tier out of its metadata to have another made");
  }

  @Test
  void archivedPrice_isTold() throws StripeException {
    bench.apply(TIERS);
    String price = bench.price("monetize.pro.base").getId();
    PriceUpdateParams off = PriceUpdateParams.builder().setActive(false).build();
    bench.client.v1().prices().update(price, off);

    assertFault(
        "price "
            + price
            + " with lookup key monetize.pro.base is archived at Stripe: make it active again, or take its lookup key away to have another made");
  }

  @Test
  void archivedFeature_isTold() throws StripeException {
    bench.apply(TIERS);
    String feature = bench.client.v1().entitlements().features().list().getData().get(0).getId();
    FeatureUpdateParams off = FeatureUpdateParams.builder().setActive(false).build();
    bench.client.v1().entitlements().features().update(feature, off);

    assertFault(
        "feature monetize.sso is archived at Stripe (" + feature + "): make it active again");
  }

  @Test
  void keyOfSomebodyElsesProduct_isTold_andNotTaken() throws StripeException {
    String product = product("");
    String price = price(product, "monetize.pro.base");

    assertFault(
        "lookup key monetize.pro.base is that of price "
            + price
            + " of product "
            + product
            + ", which is not tier pro's: take the key from that price, or give that product the metadata monetize_tier = pro");
    assertThat(bench.price("monetize.pro.base").getId()).isEqualTo(price);
  }

  @Test
  void whatWasMadeByHand_isTakenOver_whereItSaysWhatItIs() throws StripeException {
    String product = product("pro");
    String price = price(product, "monetize.pro.base");

    CatalogPlan plan = bench.apply(TIERS);

    assertThat(plan.toString())
        .contains(
            "have product " + product + " of tier pro say {metadata.monetize_prefix=monetize}",
            "have price monetize.pro.base (" + price + ") say that it is of tier pro")
        .doesNotContain("make product");
    assertThat(bench.products()).hasSize(1);
    assertThat(bench.product("pro").getName()).isEqualTo("by hand");
    assertThat(bench.price("monetize.pro.base").getId()).isEqualTo(price);
    assertThat(bench.price("monetize.pro.base").getMetadata())
        .containsEntry("monetize_tier", "pro");
    assertThat(bench.plan(TIERS).isEmpty()).isTrue();
  }

  @Test
  void severalProductsOfATier_areTold() throws StripeException {
    bench.apply(TIERS);
    String first = bench.product("pro").getId();
    String second =
        bench
            .client
            .v1()
            .products()
            .create(
                ProductCreateParams.builder()
                    .setName("pro")
                    .putMetadata("monetize_tier", "pro")
                    .putMetadata("monetize_prefix", "monetize")
                    .build())
            .getId();
    String both = first.compareTo(second) < 0 ? first + ", " + second : second + ", " + first;

    assertFault(
        "tier pro has several products at Stripe, "
            + both
            + ": take monetize_tier out of the metadata of all but one");
  }

  @Test
  void meterThatIsNotActive_isTold() throws StripeException {
    bench.apply(TIERS);
    String meter = bench.meters().get(0).getId();
    bench.client.v1().billing().meters().deactivate(meter);

    assertFault(
        "meter monetize_calls (" + meter + ") is not active at Stripe: make it active again");
  }

  @Test
  void meterThatCountsOtherwise_isTold() throws StripeException {
    String meter =
        bench
            .client
            .v1()
            .billing()
            .meters()
            .create(meter(DefaultAggregation.Formula.COUNT).build())
            .getId();

    assertFault(
        "meter monetize_calls ("
            + meter
            + ") aggregates by count, and not sum: a meter cannot be changed; give the event another name here, or deactivate that meter if nothing else uses it");
  }

  @Test
  void meterThatFindsNothingInOurEvents_orCountsOneAnHour_isTold() throws StripeException {
    bench
        .client
        .v1()
        .billing()
        .meters()
        .create(
            meter(DefaultAggregation.Formula.SUM)
                .setEventTimeWindow(MeterCreateParams.EventTimeWindow.HOUR)
                .setCustomerMapping(
                    MeterCreateParams.CustomerMapping.builder()
                        .setType(MeterCreateParams.CustomerMapping.Type.BY_ID)
                        .setEventPayloadKey("who")
                        .build())
                .setValueSettings(
                    MeterCreateParams.ValueSettings.builder().setEventPayloadKey("n").build())
                .build());

    assertThat(bench.plan(TIERS).faults())
        .hasSize(3)
        .anySatisfy(fault -> assertThat(fault).contains("counts only the last event of each hour"))
        .anySatisfy(
            fault ->
                assertThat(fault).contains("finds the customer in who, and not stripe_customer_id"))
        .anySatisfy(fault -> assertThat(fault).contains("finds the units in n, and not value"));
  }

  @Test
  void oldMeterThatIsNotActive_isNoMatter_whereAnotherIs() throws StripeException {
    bench.apply(TIERS);
    bench.client.v1().billing().meters().deactivate(bench.meters().get(0).getId());
    bench.client.v1().billing().meters().create(meter(DefaultAggregation.Formula.SUM).build());

    CatalogPlan plan = bench.plan(TIERS);

    assertThat(plan.faults()).isEmpty();
    assertThat(plan.changes()).as("the same event, another meter").isEmpty();
  }
}
