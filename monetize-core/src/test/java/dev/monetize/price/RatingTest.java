// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Currency;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RatingTest {

  private static final Price CALL = Price.perUnit(Money.of("$0.002"));

  @Test
  void line_ofABaseFeeWithOverage_isAsPublished() {
    Price price = new Price.IncludedThenOverage(1_000_000, Price.perUnit(Money.of("$0.0005")));

    RatedLine line = Rating.line("calls", price, 1_200_000);

    assertThat(line.billableUnits()).isEqualTo(200_000);
    assertThat(line.amount()).isEqualTo(Money.of("$100"));
    assertThat(Money.of("$499").plus(line.amount())).isEqualTo(Money.of("$599"));
  }

  @ParameterizedTest
  @CsvSource({
    "0, $0, $0",
    "50000, $0, $0",
    "50001, $0.002, $0",
    "50002, $0.004, $0",
    "50003, $0.006, $0.01",
    "60000, $20, $20",
  })
  void line_pastTheIncludedCalls_isRoundedOnce(long calls, String exact, String rounded) {
    Price price = new Price.IncludedThenOverage(50_000, CALL);

    assertThat(Rating.rate(price, calls)).isEqualTo(Money.of(exact));
    assertThat(Rating.line("calls", price, calls).amount()).isEqualTo(Money.of(rounded));
  }

  @ParameterizedTest
  @CsvSource({
    "$0.01, 0, $0, $0",
    "$0.01, 1500, $0.015, $0.02",
    "$0.01, 1499, $0.01499, $0.01",
    "$0.001, 1, $0.000001, $0",
    "$0.05, 3600000, $180, $180",
    "$0.000000001, 499, $0, $0",
    "$0.000000001, 500, $0.000000001, $0",
  })
  void rate_perSecond_takesTheExactShareOfASecond(
      String each, long millis, String exact, String rounded) {
    Price price = Price.perSecond(Money.of(each));

    assertThat(Rating.rate(price, millis)).isEqualTo(Money.of(exact));
    assertThat(Rating.line("compute", price, millis).amount()).isEqualTo(Money.of(rounded));
  }

  @Test
  void line_perSecond_isNotRoundedTwice() {
    // $0.004999999999 a third: first to nanos it would be $0.005000000, and then a cent
    Price price = new Price.PerSecond(Money.of("$0.014999999"), 3);

    assertThat(Rating.rate(price, 1)).isEqualTo(Money.of("$0.005000000"));
    assertThat(Rating.line("compute", price, 1).amount()).isEqualTo(Money.of("$0"));
  }

  @Test
  void rate_ofHugeUsage_isRefusedNotCut() {
    assertThatThrownBy(() -> Rating.rate(CALL, Long.MAX_VALUE))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("amount must be below 9223372036 USD, got 18446744073709551.614000000");
    assertThat(Rating.rate(new Price.PerSecond(Money.of("$2"), 1L << 40), Long.MAX_VALUE))
        .isEqualTo(Money.of("$16777216"));
  }

  @Test
  void rate_refusesNegativeUnits() {
    assertThatThrownBy(() -> Rating.rate(CALL, -1))
        .hasMessage("units must not be negative, got -1");
  }

  @Test
  void prices_refuseWhatCannotBe() {
    assertThatThrownBy(() -> Price.perUnit(Money.of("-$1")))
        .hasMessage("price must not be negative, got -$1");
    assertThatThrownBy(() -> new Price.PerSecond(Money.of("$1"), 0))
        .hasMessage("unitsPerSecond must be at least 1, got 0");
    assertThatThrownBy(() -> new Price.IncludedThenOverage(-1, CALL))
        .hasMessage("included must not be negative, got -1");
    assertThatThrownBy(
            () -> new Price.IncludedThenOverage(1, new Price.IncludedThenOverage(1, CALL)))
        .hasMessageStartingWith("overage must include no units itself, got IncludedThenOverage");
    assertThatThrownBy(() -> BasePrice.monthly(Money.of("$0.005")))
        .hasMessage("base price must have at most 2 decimals, got $0.005");
    assertThatThrownBy(() -> BasePrice.yearly(Money.of("-$5")))
        .hasMessage("base price must not be negative, got -$5");
  }

  @Test
  void line_equalsAnOracleInDecimals() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      Money each = new Money(random.nextLong(1L << (1 + random.nextInt(40))), currency(random));
      long units = random.nextLong(1L << (1 + random.nextInt(30)));
      long included = random.nextBoolean() ? random.nextLong(1L << 29) : 0;
      long divisor = random.nextBoolean() ? 1 : 1 + random.nextInt(5000);
      Price price = divisor == 1 ? Price.perUnit(each) : new Price.PerSecond(each, divisor);
      price = included == 0 ? price : new Price.IncludedThenOverage(included, price);
      BigDecimal exact = each.amount().multiply(BigDecimal.valueOf(Math.max(0, units - included)));
      BigDecimal oracle =
          exact.divide(
              BigDecimal.valueOf(divisor),
              each.currency().getDefaultFractionDigits(),
              RoundingMode.HALF_UP);
      if (oracle.compareTo(BigDecimal.valueOf(9_000_000_000L)) < 0) {
        assertThat(Rating.line("m", price, units).amount().amount())
            .describedAs("seed %d, step %d", seed, i)
            .isEqualByComparingTo(oracle);
      }
    }
  }

  private static Currency currency(Random random) {
    String[] codes = {"USD", "JPY", "KWD", "EUR"};
    return Currency.getInstance(codes[random.nextInt(codes.length)]);
  }
}
