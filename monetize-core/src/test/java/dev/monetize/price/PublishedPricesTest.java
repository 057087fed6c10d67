// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.monetize.price.Price.Band;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Worked examples that others have published, and prices in currencies with other minor units. */
class PublishedPricesTest {

  /** The table of https://zuplo.com/docs/articles/monetization/pricing-models. */
  private static final Band[] ZUPLO = {
    Band.of(1_000, Money.of("$0.10")),
    Band.of(10_000, Money.of("$0.05")),
    Band.of(Band.NO_END, Money.of("$0.01"))
  };

  @Test
  void graduated_ofZuplosTable_is600DollarsFor15000Units() {
    RatedLine line = Rating.line("calls", Price.graduated(ZUPLO), 15_000);

    assertThat(line.amount()).isEqualTo(Money.of("$600"));
    assertThat(line.parts())
        .extracting(RatedLine.Part::units, RatedLine.Part::each, RatedLine.Part::amount)
        .containsExactly(
            tuple(1_000L, Money.of("$0.10"), Money.of("$100")),
            tuple(9_000L, Money.of("$0.05"), Money.of("$450")),
            tuple(5_000L, Money.of("$0.01"), Money.of("$50")));
  }

  @Test
  void volume_ofZuplosTable_is150DollarsFor15000Units() {
    RatedLine line = Rating.line("calls", Price.volume(ZUPLO), 15_000);

    assertThat(line.amount()).isEqualTo(Money.of("$150"));
    assertThat(line.parts())
        .extracting(RatedLine.Part::units, RatedLine.Part::each)
        .containsExactly(tuple(15_000L, Money.of("$0.01")));
  }

  @ParameterizedTest
  @CsvSource({
    "0, $0, $0",
    "1, $0.10, $0.10",
    "1000, $100, $100",
    "1001, $100.05, $50.05",
    "10000, $550, $500",
    "10001, $550.01, $100.01",
  })
  void bands_endWithTheUnitThatTheySay(long units, String graduated, String volume) {
    assertThat(Rating.rate(Price.graduated(ZUPLO), units)).isEqualTo(Money.of(graduated));
    assertThat(Rating.rate(Price.volume(ZUPLO), units)).isEqualTo(Money.of(volume));
  }

  @ParameterizedTest
  @CsvSource({"0, $0", "500, $10", "1000, $10", "1001, $20", "5500, $60"})
  void packages_of1000At10Dollars(long units, String amount) {
    Price price = Price.perPackage(Money.of("$10"), 1_000);

    assertThat(Rating.line("calls", price, units).amount()).isEqualTo(Money.of(amount));
  }

  @Test
  void hybrid_of499DollarsWithAMillionIncluded_is599DollarsFor200000More() {
    Price price = new Price.IncludedThenOverage(1_000_000, Price.perUnit(Money.of("$0.0005")));

    RatedLine line = Rating.line("calls", price, 1_200_000);

    assertThat(line.billableUnits()).isEqualTo(200_000);
    assertThat(BasePrice.monthly(Money.of("$499")).amount().plus(line.amount()))
        .isEqualTo(Money.of("$599"));
  }

  @ParameterizedTest
  @CsvSource({"0, $0", "1, $5.01", "100, $6", "101, $13.005", "200, $13.50"})
  void flatAmountOfABand_isPaidOnceAUnitIsPaidByIt(long units, String amount) {
    Price price =
        Price.graduated(
            new Band(100, Money.of("$0.01"), Money.of("$5")),
            new Band(Band.NO_END, Money.of("$0.005"), Money.of("$7")));

    assertThat(Rating.rate(price, units)).isEqualTo(Money.of(amount));
  }

  @ParameterizedTest
  @CsvSource({"USD, 1.234, 1.23", "USD, 1.235, 1.24", "JPY, 1.5, 2", "KWD, 1.2345, 1.235"})
  void line_isRoundedHalfUp_toTheCurrencysMinorUnit(String code, String each, String amount) {
    Money exact = Money.of(each + " " + code);

    RatedLine line = Rating.line("calls", Price.perUnit(exact), 1);

    assertThat(line.exact()).isEqualTo(exact);
    assertThat(line.amount()).isEqualTo(Money.of(amount + " " + code));
  }

  @Test
  void aTokenForTwoMillionthsOfADollar_isExact() {
    Price price = Price.perUnit(Money.of("$0.000002"));

    assertThat(Rating.rate(price, 1)).isEqualTo(Money.of("$0.000002"));
    assertThat(Rating.rate(price, 7_654_321)).isEqualTo(Money.of("$15.308642"));
  }

  @Test
  void usageThatCostsMoreThanAnAmountHolds_isRefusedInEveryModel() {
    Money each = Money.of("$2");
    Band end = Band.of(Band.NO_END, each);
    for (Price price :
        List.of(
            Price.perUnit(each),
            Price.perPackage(each, 1),
            Price.graduated(end),
            Price.volume(end),
            new Price.IncludedThenOverage(1, Price.perUnit(each)))) {
      assertThatThrownBy(() -> Rating.line("calls", price, Long.MAX_VALUE))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageStartingWith("amount must be below 9223372036 USD, got 184467440737095516");
    }
  }

  @Test
  void prices_refuseBandsThatCannotBe() {
    Band open = Band.of(Band.NO_END, Money.of("$1"));
    Band ten = Band.of(10, Money.of("$2"));

    assertThatThrownBy(() -> Price.graduated())
        .hasMessage("the last band must have no end, got []");
    assertThatThrownBy(() -> Price.graduated(ten))
        .hasMessageStartingWith("the last band must have no end, got [Band[upTo=10");
    assertThatThrownBy(() -> Price.graduated(ten, ten, open))
        .hasMessage("a band must end after the one before, at 10, got 10");
    assertThatThrownBy(() -> Price.volume(open, open))
        .hasMessageStartingWith("a band must end after the one before");
    assertThatThrownBy(() -> Price.volume(Band.of(10, Money.of("€1")), open))
        .hasMessageStartingWith("bands must be in one currency");
    assertThatThrownBy(() -> Band.of(10, Money.of("-$1")))
        .hasMessage("price must not be negative, got -$1");
    assertThatThrownBy(() -> new Band(10, Money.of("$1"), Money.of("€1")))
        .hasMessage("cannot add €1 to $1");
    assertThatThrownBy(() -> Price.perPackage(Money.of("$1"), 0))
        .hasMessage("package must be of at least 1 unit, got 0");
  }
}
