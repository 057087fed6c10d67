// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.StripeException;
import com.stripe.model.Price;
import com.stripe.model.billing.Meter;
import com.stripe.param.PriceUpdateParams;
import com.stripe.param.ProductUpdateParams;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a catalog makes of tiers, and what it makes of what is there already. */
final class StripeCatalogTest {

  private static final String TIERS =
      """
      tiers:
        free:
          included_calls: 1000/month
          endpoints: [/v1/*]
        pro:
          price: 49/month
          included_calls: 50000/month
          overage: $0.002/call
          features: {sso: true, audit: false, seats: 5}
          endpoints: [/v1/*]
        enterprise:
          price: custom
          features: {sso: true, audit: true}
          endpoints: [/v1/*]
      """;

  private final CatalogBench bench = new CatalogBench();

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void plan_tellsWhatWouldBeDone_andDoesNothing() throws StripeException {
    CatalogPlan plan = bench.plan(TIERS);

    assertThat(plan.toString())
        .isEqualTo(
            """
            + make meter calls, the sum of events monetize_calls
            + make feature monetize.sso
            + make feature monetize.audit
            + make product "pro" of tier pro
            + make price monetize.pro.base: 49.00 USD/month
            + make price monetize.pro.calls: graduated: up to 50000 at 0.00 USD, then at 0.002 USD, by the month
            + make product "enterprise" of tier enterprise
            + give feature monetize.sso to tier pro
            + give feature monetize.sso to tier enterprise
            + give feature monetize.audit to tier enterprise
            warning: tier enterprise: its base price is custom: give each customer a price of its own at Stripe, on the tier's product
            10 changes are to be made at Stripe.""");
    assertThat(plan.isEmpty()).isFalse();
    assertThat(bench.posts()).isZero();
  }

  @Test
  void plan_ofATierThatIsPaidByTheYear_butForItsUsage() throws StripeException {
    String yearly = TIERS.replace("49/month", "490/year");

    CatalogPlan plan = bench.apply(yearly);

    assertThat(plan.faults()).isEmpty();
    assertThat(plan.warnings())
        .contains(
            "tier pro: it is paid by the year and the month, which Stripe's Checkout cannot sell together: sell it with StripeBilling.subscribe");
    assertThat(bench.everything())
        .contains("monetize.pro.base true {monetize_tier=pro} 490.00 USD/year")
        .contains("then at 0.002 USD, by the month");
    assertThat(bench.plan(yearly).isEmpty()).isTrue();
  }

  @Test
  void apply_makesWhatWasPlanned() throws StripeException {
    CatalogPlan plan = bench.plan(TIERS);
    bench.catalog().apply(plan);

    assertThat(bench.everything())
        .isEqualTo(
            """
            attached enterprise {monetize_prefix=monetize, monetize_tier=enterprise} monetize.audit
            attached enterprise {monetize_prefix=monetize, monetize_tier=enterprise} monetize.sso
            attached pro {monetize_prefix=monetize, monetize_tier=pro} monetize.sso
            feature monetize.audit audit
            feature monetize.sso sso
            meter monetize_calls calls sum
            price pro {monetize_prefix=monetize, monetize_tier=pro} monetize.pro.base true {monetize_tier=pro} 49.00 USD/month
            price pro {monetize_prefix=monetize, monetize_tier=pro} monetize.pro.calls true {monetize_tier=pro} graduated: up to 50000 at 0.00 USD, then at 0.002 USD, by the month
            product enterprise {monetize_prefix=monetize, monetize_tier=enterprise} true
            product pro {monetize_prefix=monetize, monetize_tier=pro} true""");
  }

  /** Each of them is at Stripe then, and none that a tier only limits. */
  @Test
  void meters_areThoseThatATierPrices() throws StripeException {
    String tiers =
        """
        endpoints:
          POST /v1/generate:
            meters: {tokens: {units: handler}, images: {units: handler}}
        tiers:
          free:
            quotas: {tokens: 1000/month, images: 10/month}
            endpoints: [/v1/*]
          pro:
            price: 49/month
            prices: {calls: $0.002/call, tokens: $0.001/unit}
            endpoints: [/v1/*]
        """;
    StripeCatalog catalog =
        StripeCatalog.builder(bench.connection).meter("tokens", "llm_tokens").build();

    Map<String, String> meters = catalog.meters(CatalogBench.tiers(tiers));

    assertThat(meters)
        .containsOnly(Map.entry("calls", "monetize_calls"), Map.entry("tokens", "llm_tokens"));
    catalog.apply(CatalogBench.tiers(tiers));
    assertThat(bench.meters())
        .extracting(Meter::getEventName)
        .containsExactlyInAnyOrderElementsOf(meters.values());
  }

  @Test
  void apply_again_doesNothing() throws StripeException {
    bench.apply(TIERS);
    long before = bench.posts();
    String made = bench.everything();

    CatalogPlan again = bench.apply(TIERS);

    assertThat(again.isEmpty()).as(again.toString()).isTrue();
    assertThat(again.toString()).endsWith("Stripe agrees with the tiers: nothing is to be done.");
    assertThat(bench.posts()).isEqualTo(before);
    assertThat(bench.everything()).isEqualTo(made);
  }

  @Test
  void changedPrice_isANewOne_thatTakesTheKey() throws StripeException {
    bench.apply(TIERS);
    String old = bench.price("monetize.pro.base").getId();

    CatalogPlan plan = bench.apply(TIERS.replace("49/month", "59/month"));

    assertThat(plan.changes())
        .singleElement()
        .hasToString(
            "make price monetize.pro.base: 59.00 USD/month; in place of "
                + old
                + ", which those who have it go on to pay: amount 59.00 USD, and not 49.00 USD");
    assertThat(bench.price("monetize.pro.base").getUnitAmount()).isEqualTo(5900);
    Price before = bench.client.v1().prices().retrieve(old);
    assertThat(before.getLookupKey()).isNull();
    assertThat(before.getActive()).isTrue();
    assertThat(before.getMetadata()).containsEntry("monetize_tier", "pro");
  }

  /** All within the day that Stripe repeats its answers for. */
  @Test
  void priceThatIsChangedBackAndForth_isWhatItIsToBeEachTime() throws StripeException {
    String dear = TIERS.replace("49/month", "59/month");
    for (int i = 0; i < 3; i++) {
      bench.apply(TIERS);
      assertThat(bench.price("monetize.pro.base").getUnitAmount()).isEqualTo(4900);
      bench.apply(dear);
      assertThat(bench.price("monetize.pro.base").getUnitAmount()).isEqualTo(5900);
    }
    assertThat(bench.plan(dear).isEmpty()).isTrue();
    assertThat(bench.prices()).hasSize(7);
  }

  @Test
  void newPrice_keepsWhatWasSaidOfTax() throws StripeException {
    bench.apply(TIERS);
    bench
        .client
        .v1()
        .prices()
        .update(
            bench.price("monetize.pro.base").getId(),
            PriceUpdateParams.builder()
                .setTaxBehavior(PriceUpdateParams.TaxBehavior.INCLUSIVE)
                .build());
    bench.apply(TIERS.replace("49/month", "59/month"));
    assertThat(bench.price("monetize.pro.base").getTaxBehavior()).isEqualTo("inclusive");
  }

  @Test
  void whatIsGoneWithinTheDay_isMadeAnew() throws StripeException {
    String custom = "tiers: {big: {price: custom, endpoints: [/v1/*]}}";
    bench.apply(custom);
    bench.client.v1().products().delete(bench.product("big").getId());

    bench.apply(custom);

    assertThat(bench.product("big").getActive()).isTrue();
    bench.apply(TIERS);
    String price = bench.price("monetize.pro.base").getId();
    PriceUpdateParams without =
        PriceUpdateParams.builder().setLookupKey(com.stripe.param.common.EmptyParam.EMPTY).build();
    bench.client.v1().prices().update(price, without);
    bench.apply(TIERS);
    assertThat(bench.price("monetize.pro.base").getId()).isNotEqualTo(price);
  }

  @Test
  void nameOfAProduct_isKeptInForceWhereItIsGiven_andLeftAloneElse() throws StripeException {
    bench.apply(TIERS);
    ProductUpdateParams renamed = ProductUpdateParams.builder().setName("Acme Pro").build();
    bench.client.v1().products().update(bench.product("pro").getId(), renamed);
    assertThat(bench.plan(TIERS).isEmpty()).isTrue();

    StripeCatalog named =
        StripeCatalog.builder(bench.connection).product("pro", "Acme Professional").build();
    CatalogPlan plan = named.apply(CatalogBench.tiers(TIERS));

    assertThat(plan.changes())
        .singleElement()
        .hasToString(
            "have product "
                + bench.product("pro").getId()
                + " of tier pro say {name=Acme Professional}");
    assertThat(bench.product("pro").getName()).isEqualTo("Acme Professional");
    assertThat(named.plan(CatalogBench.tiers(TIERS)).isEmpty()).isTrue();
  }

  @Test
  void featuresOfATier_thatAreMore_areGiven_andThoseThatAreFewer_areTold() throws StripeException {
    bench.apply(TIERS);
    assertThat(bench.apply(TIERS.replace("audit: false", "audit: true")).changes())
        .singleElement()
        .hasToString("give feature monetize.audit to tier pro");

    CatalogPlan fewer = bench.plan(TIERS);

    assertThat(fewer.isEmpty()).isTrue();
    assertThat(fewer.warnings())
        .contains(
            "tier pro: its customers go on being entitled to feature monetize.audit, which it does not have: take it from the product at Stripe");
  }

  /** Within the day that Stripe repeats its answers for. */
  @Test
  void featureThatWasTakenAway_isGivenAgain() throws StripeException {
    bench.apply(TIERS);
    String made = bench.everything();
    String product = bench.product("pro").getId();
    bench
        .client
        .v1()
        .products()
        .features()
        .delete(
            product,
            bench.client.v1().products().features().list(product).getData().get(0).getId());
    assertThat(bench.everything()).isNotEqualTo(made);

    bench.apply(TIERS);

    assertThat(bench.everything()).isEqualTo(made);
  }

  @Test
  void tierThatIsGone_isLeftAsItIs() throws StripeException {
    bench.apply(TIERS);
    String made = bench.everything();
    String less = TIERS.substring(0, TIERS.indexOf("  enterprise:"));

    CatalogPlan plan = bench.apply(less);

    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.warnings())
        .containsExactly(
            "product %s is of tier enterprise, which is not sold any more: it is left as it is"
                .formatted(bench.product("enterprise").getId()));
    assertThat(bench.everything()).isEqualTo(made);
  }

  @Test
  void tierFilesOfOneAccount_haveAPrefixEach() throws StripeException {
    StripeCatalog other =
        StripeCatalog.builder(bench.connection).prefix("shop").meter("calls", "hits").build();
    bench.apply(TIERS);
    other.apply(CatalogBench.tiers(TIERS.replace("49/month", "99/month")));

    assertThat(bench.plan(TIERS).isEmpty()).isTrue();
    assertThat(bench.price("monetize.pro.base").getUnitAmount()).isEqualTo(4900);
    assertThat(bench.price("shop.pro.base").getUnitAmount()).isEqualTo(9900);
    assertThat(bench.products()).hasSize(4);
    assertThat(bench.meters()).extracting(each -> each.getEventName()).contains("hits");
    assertThat(other.eventName("calls")).isEqualTo("hits");
  }

  @Test
  void plan_thatIsNotWhatIsToBeDoneAnyMore_isRefused() throws StripeException {
    bench.apply(TIERS);
    CatalogPlan plan = bench.plan(TIERS.replace("49/month", "59/month"));
    bench.apply(TIERS.replace("49/month", "39/month"));

    assertThatThrownBy(() -> bench.catalog().apply(plan))
        .hasMessage("what Stripe has is not what was planned for any more: plan again");
    assertThat(bench.price("monetize.pro.base").getUnitAmount()).isEqualTo(3900);
  }

  @Test
  void plan_isJsonToo() throws StripeException {
    bench.apply(TIERS);
    String old = bench.price("monetize.pro.calls").getId();
    String more = TIERS.replace("50000/month", "60000/month") + "\n";
    CatalogPlan plan = bench.plan(more.replace("price: custom", "price: 999/year"));

    assertThat(plan.json())
        .isEqualTo(
            """
            {"changes":[{"change":"replace_price","tier":"pro","lookup_key":"monetize.pro.calls",\
            "price":{"currency":"usd","interval":"month","event_name":"monetize_calls","tiers_mode":"graduated",\
            "tiers":[{"up_to":60000,"unit_amount_decimal":"0","flat_amount_decimal":"0"},\
            {"up_to":null,"unit_amount_decimal":"0.2","flat_amount_decimal":"0"}]},\
            "replaces":"OLD","differences":["amount graduated: up to 60000 at 0.00 USD, then at 0.002 USD, \
            and not graduated: up to 50000 at 0.00 USD, then at 0.002 USD"],"text":"TEXT"},\
            {"change":"create_price","tier":"enterprise","lookup_key":"monetize.enterprise.base",\
            "price":{"currency":"usd","interval":"year","event_name":null,"unit_amount_decimal":"99900"},\
            "text":"make price monetize.enterprise.base: 999.00 USD/year"}],"warnings":[],"faults":[]}"""
                .replace("OLD", old)
                .replace("TEXT", plan.changes().get(0).toString()));
  }

  @Test
  void subscribers_stayWithWhatTheySubscribedTo() throws StripeException {
    bench.apply(TIERS);
    Map<String, String> before =
        Map.of(
            "base", bench.price("monetize.pro.base").getId(),
            "calls", bench.price("monetize.pro.calls").getId());
    bench.apply(TIERS.replace("49/month", "59/month").replace("0.002", "0.003"));

    assertThat(List.of("base", "calls"))
        .allSatisfy(
            name -> {
              Price old = bench.client.v1().prices().retrieve(before.get(name));
              assertThat(old.getActive()).isTrue();
              assertThat(bench.price("monetize.pro." + name).getId()).isNotEqualTo(old.getId());
            });
  }
}
