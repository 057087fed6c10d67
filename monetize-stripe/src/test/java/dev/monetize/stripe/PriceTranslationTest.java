// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.StripeException;
import com.stripe.model.Price;
import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each kind of price is at Stripe, and which have no counterpart there. */
final class PriceTranslationTest {

  private final CatalogBench bench = new CatalogBench();

  @AfterEach
  void close() {
    bench.close();
  }

  private static String tier(String terms) {
    Matcher currency = Pattern.compile("[A-Z]{3}").matcher(terms);
    return """
        tiers: {pro: {%s, endpoints: [/v1/*]}}
        endpoints: {POST /v1/render: {meters: {compute: elapsed}}}
        currency: %s
        """
        .formatted(terms, currency.find() ? currency.group() : "USD");
  }

  /** In words, what Stripe has when it is asked. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          prices: {calls: $0.002}                  | 0.002 USD each, by the month
          prices: {calls: $0.000000015}            | 0.000000015 USD each, by the month
          prices: {compute: $0.000000001/second}   | 0.000000000001 USD each, by the month
          prices: {compute: $0.02/second}          | 0.00002 USD each, by the month
          prices: {calls: 3 JPY}                   | 3 JPY each, by the month
          prices: {calls: 0.5 JPY}                 | 0.5 JPY each, by the month
          prices: {calls: $10/package of 1000}     | 10.00 USD for each 1000 begun, by the month
          included_calls: 5/month, overage: $1     | graduated: up to 5 at 0.00 USD, then at 1.00 USD, by the month
          included_calls: 5/year, overage: $1      | graduated: up to 5 at 0.00 USD, then at 1.00 USD, by the year
          included_calls: 5/month, overage: $0     | 0.00 USD each, by the month
          prices: {calls: {graduated: [{up_to: 9, each: 2}, {up_to: inf, each: 1, flat: 7}]}} | graduated: up to 9 at 2.00 USD, then at 1.00 USD and 7.00 USD once, by the month
          prices: {calls: {volume: [{up_to: 9, each: 2}, {up_to: inf, each: 1, flat: 7}]}} | volume: up to 9 at 2.00 USD, then at 1.00 USD and 7.00 USD once, by the month
          prices: {calls: {graduated: [{up_to: 9, each: 2}, {up_to: inf, each: 2}]}} | graduated: up to 9 at 2.00 USD, then at 2.00 USD, by the month
          prices: {calls: {volume: [{up_to: inf, each: 2}]}} | 2.00 USD each, by the month
          included_calls: 5/month, overage: {calls: {graduated: [{up_to: 9, each: 2}, {up_to: inf, each: 1}]}} | graduated: up to 5 at 0.00 USD, up to 14 at 2.00 USD, then at 1.00 USD, by the month
          included_calls: 5/month, overage: $1, past_quota: {bill: {cap: 8}} | graduated: up to 5 at 0.00 USD, up to 8 at 1.00 USD, then at 0.00 USD, by the month
          included_calls: 5/month, overage: $1, past_quota: {bill: {cap: 5}} | 0.00 USD each, by the month
          """)
  void price_isAtStripe(String terms, String expected) throws StripeException {
    bench.apply(tier(terms));

    CatalogFound found = found();
    assertThat(FoundPrice.of(bench.prices().get(0), found)).hasToString(expected);
    assertThat(bench.plan(tier(terms)).isEmpty()).isTrue();
  }

  private CatalogFound found() throws StripeException {
    return new CatalogFound(bench.meters(), Map.of(), Map.of(), Map.of(), Map.of());
  }

  @Test
  void decimals_areSentAsDecimals() throws StripeException {
    bench.apply(tier("prices: {compute: $0.0000001/second}"));
    Price price = bench.price("monetize.pro.compute");
    assertThat(price.getUnitAmountDecimal()).isEqualByComparingTo(new BigDecimal("0.00000001"));
    assertThat(bench.stripe.state()).contains("\"0.00000001\"").doesNotContain("E-8");
  }

  @Test
  void meteredPrice_hasAMeterAndNoQuantityOfItsOwn() throws StripeException {
    bench.apply(tier("price: 490/year, prices: {calls: $0.002}"));
    Price metered = bench.price("monetize.pro.calls");
    assertThat(metered.getRecurring().getUsageType()).isEqualTo("metered");
    assertThat(metered.getRecurring().getMeter()).isEqualTo(bench.meters().get(0).getId());
    assertThat(metered.getRecurring().getInterval()).isEqualTo("month");
    assertThat(bench.price("monetize.pro.base").getRecurring().getInterval()).isEqualTo("year");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          included_calls: 5/day, overage: $1 | tier pro: calls are included by the day, and Stripe can only include units of a billing period: make it a month or year, or block past it
          included_calls: 5/3 months, overage: $1 | tier pro: calls are included by the 3month, and Stripe can only include units of a billing period: make it a month or year, or block past it
          included_calls: {included: 5/month, starts: calendar}, overage: $1 | tier pro: calls are included by the calendar, and Stripe's billing periods begin when a customer subscribes: leave the calendar away, or block past it
          included_calls: 5/month, overage: $1/package of 10 | tier pro: calls beyond what is included are priced by the package, which Stripe can only do from the first unit on: price them each, or in graduated bands
          included_calls: 5/month, overage: {calls: {volume: [{up_to: 9, each: 2}, {up_to: inf, each: 1}]}} | tier pro: calls beyond what is included are priced by volume, which Stripe can only do from the first unit on: price them each, or in graduated bands
          prices: {calls: 1.5 KWD} | Stripe takes no amounts in KWD to its last decimal, and invoices would differ
          prices: {calls: 1.5 UGX} | Stripe counts UGX in another minor unit than ISO 4217, and invoices would differ
          """)
  void price_thatStripeHasNot_isAFault(String terms, String expected) throws StripeException {
    assertThat(bench.plan(tier(terms)).faults()).containsExactly(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          prices: {calls: {graduated: [{up_to: inf, each: 1, flat: 7}]}} | tier pro: calls: Stripe asks for the first band's flat amount, 7.00 USD, in a period without any use too
          included_calls: {included: 5/month, time_zone: Europe/Berlin}, overage: $1 | tier pro: calls are included by the time of Europe/Berlin, and billing periods are by UTC: what is used in the hour or so between may be on another invoice
          included_calls: 5/year, overage: $1 | tier pro: calls are included by the year: Stripe asks for what is used beyond when the year ends, and not month by month
          """)
  void price_thatIsAnotherInRareCases_isAWarning(String terms, String expected)
      throws StripeException {
    CatalogPlan plan = bench.plan(tier(terms));
    assertThat(plan.faults()).isEmpty();
    assertThat(plan.warnings()).containsExactly(expected);
  }

  @Test
  void metersOfOneEvent_andTiersThatAreNot_areFaults() throws StripeException {
    String two =
        """
        tiers: {pro: {prices: {calls: $1, tokens: $1}, endpoints: [/v1/*]}}
        meters: {tokens: {aggregation: sum}}
        """;
    StripeCatalog catalog =
        StripeCatalog.builder(bench.connection)
            .meter("calls", "use")
            .meter("tokens", "use")
            .product("gold", "Gold")
            .build();
    assertThat(catalog.plan(CatalogBench.tiers(two)).faults())
        .containsExactly(
            "meters calls and tokens are reported as the same event, use",
            "there is no tier \"gold\" to be named");
  }

  @Test
  void featureOfALongName_isAFault() throws StripeException {
    StripeCatalog catalog = StripeCatalog.builder(bench.connection).prefix("p".repeat(40)).build();
    String name = "f".repeat(40);
    CatalogPlan plan =
        catalog.plan(CatalogBench.tiers(tier("price: 1/month, features: {" + name + ": true}")));
    assertThat(plan.faults())
        .singleElement()
        .asString()
        .endsWith(
            "would have a lookup key of more than 80 characters: take a shorter prefix or name");
  }
}
