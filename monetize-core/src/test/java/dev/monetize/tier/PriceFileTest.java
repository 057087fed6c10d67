// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.price.Money;
import dev.monetize.price.Price;
import dev.monetize.price.Price.Band;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Prices of packages and bands in a tier file. */
class PriceFileTest {

  private static final String ENDPOINTS =
      """
      endpoints:
        POST /v1/run: {meters: {tokens: handler, images: handler}}
      """;

  private static final String GOOD =
      """
      tiers:
        pro:
          included_calls: 1000/month
          overage:
            calls: {volume: [{up_to: 500, each: 0.02}, {up_to: inf, each: 0.01}]}
          prices:
            images: $10/package of 1_000
            tokens:
              graduated:
                - {up_to: 1000, each: $0.10}
                - {up_to: 10_000, each: 0.05, flat: 5}
                - {up_to: inf, flat: 0.5}
          endpoints: [/v1/*]
      """
          + ENDPOINTS;

  @Test
  void prices_readPackagesAndBands() {
    Tier tier = TierCatalog.parse("tiers.yml", GOOD).tiers().get(0);

    assertThat(tier.prices())
        .isEqualTo(
            Map.of(
                "calls",
                new Price.IncludedThenOverage(
                    1_000,
                    Price.volume(
                        Band.of(500, Money.of("$0.02")), Band.of(Band.NO_END, Money.of("$0.01")))),
                "images",
                Price.perPackage(Money.of("$10"), 1_000),
                "tokens",
                Price.graduated(
                    Band.of(1_000, Money.of("$0.10")),
                    new Band(10_000, Money.of("$0.05"), Money.of("$5")),
                    new Band(Band.NO_END, Money.of("$0"), Money.of("$0.50")))));
  }

  @Test
  void prices_ofJson_areTheSame() {
    String json =
        """
        {"tiers": {"pro": {
          "included_calls": "1000/month",
          "overage": {"calls": {"volume": [
            {"up_to": 500, "each": 0.02}, {"up_to": "inf", "each": 0.01}]}},
          "prices": {"images": "$10/package of 1000", "tokens": {"graduated": [
            {"up_to": 1000, "each": "$0.10"},
            {"up_to": 10000, "each": 0.05, "flat": 5},
            {"up_to": "inf", "flat": 0.5}]}},
          "endpoints": ["/v1/*"]}},
         "endpoints": {"POST /v1/run": {"meters": {"tokens": "handler", "images": "handler"}}}}
        """;
    TierCatalog read = TierCatalog.parse("tiers.json", json);

    assertThat(read.changesTo(TierCatalog.parse("tiers.yml", GOOD)).isEmpty()).isTrue();
    assertThat(read.tiers().get(0).prices())
        .isEqualTo(TierCatalog.parse("tiers.yml", GOOD).tiers().get(0).prices());
  }

  @Test
  void describe_andChanges_showThem() {
    String words =
        "graduated up to 1000 $0.10/token, up to 10000 $0.05/token and $5, then $0.50 once";

    assertThat(TierCatalog.parse("tiers.yml", GOOD).describe())
        .contains("  overage: volume up to 500 $0.02/call, then $0.01/call\n")
        .contains("  prices.images: $10/package of 1000\n")
        .contains("  prices.tokens: " + words + "\n");
    assertThat(
            TierCatalog.parse("tiers.yml", GOOD)
                .changesTo(
                    TierCatalog.parse(
                        "tiers.yml",
                        GOOD.replace("up_to: 1000,", "up_to: 2000,")
                            .replace("$10/package", "$9/package")))
                .toString())
        .isEqualTo(
            "pro: prices.images $10/package of 1000 -> $9/package of 1000\npro: prices.tokens "
                + words
                + " -> "
                + words.replace("to 1000 ", "to 2000 "));
  }

  @Test
  void aCustomersOwnPrice_canBeOfPackages() {
    Tier tier = TierCatalog.parse("tiers.yml", GOOD).tiers().get(0);

    assertThat(tier.with(Map.of("prices.tokens", "$8/package of 500")).prices())
        .containsEntry("tokens", Price.perPackage(Money.of("$8"), 500));
  }

  @Test
  void bands_thatCannotBe_areAllTold() {
    String file =
        """
        tiers:
          pro:
            prices:
              tokens:
                graduated:
                  - {up_to: 1000, each: -0.10}
                  - {up_to: 1000, each: 0.05}
                  - {up_to: 500, each: 0.04}
                  - {up_to: 0, each: 0.04}
                  - {from: 2000, up_to: 3000, each: €0.03}
                  - {up_to: 4000}
                  - {each: 0.02}
                  - 7
              images:
                volume: [{up_to: 100, each: 0.01}, {up_to: 2e3, each: 0.0000000001}]
              calls:
                graduated: [{up_to: 100, each: 0.01}, {up_to: 200, flat: x}]
            endpoints: [/v1/*]
        """;
    assertRefused(
        file + ENDPOINTS,
        """
        tiers.yml:6:27: prices.tokens.graduated.each "-0.10": expected an amount that is not negative
        tiers.yml:7:14: prices.tokens.graduated.up_to "1000": expected more than the 1000 of the band before
        tiers.yml:8:14: prices.tokens.graduated.up_to "500": expected more than the 1000 of the band before
        tiers.yml:9:14: prices.tokens.graduated.up_to "0": expected a whole number from 1 to 1000000000000000, or inf in the last band
        tiers.yml:10:14: unknown property "from": expected one of up_to, each, flat
        tiers.yml:10:39: prices.tokens.graduated.each "€0.03": amount "€0.03": expected an amount in USD
        tiers.yml:11:13: prices.tokens.graduated: expected up_to, and each or flat, such as {up_to: 1000, each: 0.10}
        tiers.yml:12:13: prices.tokens.graduated: expected up_to, and each or flat, such as {up_to: 1000, each: 0.10}
        tiers.yml:13:13: prices.tokens.graduated "7": expected a map, got one value
        tiers.yml:15:45: prices.images.volume.up_to "2e3": expected a whole number from 1 to 1000000000000000, or inf in the last band
        tiers.yml:15:57: prices.images.volume.each "0.0000000001": amount "0.0000000001": expected a number with at most 9 decimals, such as $0.002 or 0.002 USD
        tiers.yml:17:9: prices.calls.graduated: expected the last band to be up_to: inf, got up_to: 200
        tiers.yml:17:60: prices.calls.graduated.flat "x": amount "x": expected a number with at most 9 decimals, such as $0.002 or 0.002 USD""");
  }

  @Test
  void bands_afterTheEnd_orNone_areRefused() {
    String file =
        """
        tiers:
          pro:
            prices:
              tokens: {graduated: [{up_to: inf, each: 1}, {up_to: 5, each: 2}, {up_to: inf, each: 3}]}
              images: {volume: []}
              calls: {graduated: 5}
            endpoints: [/v1/*]
        """;
    assertRefused(
        file + ENDPOINTS,
        """
        tiers.yml:4:52: prices.tokens.graduated.up_to "5": expected no band after the one that is up_to: inf
        tiers.yml:4:73: prices.tokens.graduated.up_to "inf": expected no band after the one that is up_to: inf
        tiers.yml:5:16: prices.images.volume: expected 1 to 100 bands, such as [{up_to: 1000, each: 0.10}, {up_to: inf, each: 0.05}]
        tiers.yml:6:15: prices.calls.graduated "5": expected 1 to 100 bands, such as [{up_to: 1000, each: 0.10}, {up_to: inf, each: 0.05}]""");
  }

  @Test
  void prices_thatAreNeither_areRefused() {
    String file =
        """
        tiers:
          pro:
            prices:
              tokens: [0.1]
              images: {package: 1000, price: 10}
              calls: $10/1000 calls
            endpoints: [/v1/*]
          max:
            prices:
              tokens: $10/package of 0
              images: {volume: [{up_to: inf, each: 1}], graduated: [{up_to: inf, each: 1}]}
            endpoints: [/v1/*]
        """;
    String expected =
        "expected <amount>/%s such as $0.002/%1$s, <amount>/package of <units>,"
            + " or a map with graduated or volume";
    assertRefused(
        file + ENDPOINTS,
        "tiers.yml:4:7: prices.tokens: "
            + expected.formatted("token")
            + """

            tiers.yml:5:7: prices.images: expected one list of bands, graduated or volume; packages are written $10/package of 1000
            tiers.yml:6:7: prices.calls "$10/1000 calls": \
            """
            + expected.formatted("call")
            + """

            tiers.yml:10:7: prices.tokens "$10/package of 0": expected a whole number from 1 to 1000000000000000
            tiers.yml:11:7: prices.images: expected one list of bands, graduated or volume; packages are written $10/package of 1000""");
  }

  private static void assertRefused(String file, String message) {
    assertThatThrownBy(() -> TierCatalog.parse("tiers.yml", file))
        .isInstanceOf(TierFaultsException.class)
        .hasMessage(message);
  }
}
