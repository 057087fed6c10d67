// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Currency;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MoneyTest {

  private static final Currency USD = Currency.getInstance("USD");

  @ParameterizedTest
  @CsvSource({
    "$0.002, 2000000, USD, $0.002",
    "0.002 USD, 2000000, USD, $0.002",
    "€49, 49000000000, EUR, €49",
    "£0.5, 500000000, GBP, £0.50",
    "¥120, 120000000000, JPY, ¥120",
    "7.10 CHF, 7100000000, CHF, 7.10 CHF",
    "1_000 USD, 1000000000000, USD, $1000",
    "-$1.25, -1250000000, USD, -$1.25",
    "$0.000000001, 1, USD, $0.000000001",
    "$9223372036.854775807, 9223372036854775807, USD, $9223372036.854775807",
  })
  void of_readsExactly(String text, long nanos, String code, String shown) {
    Money money = Money.of(text);

    assertThat(money).isEqualTo(new Money(nanos, Currency.getInstance(code)));
    assertThat(money).hasToString(shown);
    assertThat(Money.of(shown)).isEqualTo(money);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "49 | expected its currency too, such as $0.002 or 0.002 USD",
        "$49 USD | expected a currency sign or code, not both",
        "49 ABC | ABC is no ISO 4217 currency",
        "$0.0000000001 | expected a number with at most 9 decimals, such as $0.002 or 0.002 USD",
        "$1,000 | expected a number with at most 9 decimals, such as $0.002 or 0.002 USD",
        "$.5 | expected a number with at most 9 decimals, such as $0.002 or 0.002 USD",
        "$1e3 | expected a number with at most 9 decimals, such as $0.002 or 0.002 USD",
        "$NaN | expected a number with at most 9 decimals, such as $0.002 or 0.002 USD",
        "$٣ | expected a number with at most 9 decimals, such as $0.002 or 0.002 USD",
        "$9223372036.854775808 | amount must be below 9223372036 USD, got 9223372036.854775808",
      })
  void of_refusesWhatIsNoAmount(String text, String why) {
    assertThatThrownBy(() -> Money.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("amount \"" + text + "\": " + why);
  }

  @Test
  void of_refusesAnotherCurrency() {
    assertThat(Money.of("49", USD)).isEqualTo(Money.of("$49"));
    assertThatThrownBy(() -> Money.of("€49", USD))
        .hasMessage("amount \"€49\": expected an amount in USD");
  }

  @Test
  void constructor_refusesACurrencyWithoutMinorUnit() {
    assertThatThrownBy(() -> new Money(1, Currency.getInstance("XAU")))
        .hasMessage("currency XAU has no minor unit");
  }

  @Test
  void plus_isExactAndNeverOverflows() {
    assertThat(Money.of("$0.1").plus(Money.of("$0.2"))).isEqualTo(Money.of("$0.3"));
    Money most = new Money(Long.MAX_VALUE, USD);
    assertThatThrownBy(() -> most.plus(new Money(1, USD)))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("amount must be below 9223372036 USD, got 9223372036.854775808");
    assertThatThrownBy(() -> most.plus(Money.of("€1")))
        .hasMessage("cannot add €1 to $9223372036.854775807");
  }

  @Test
  void times_isExactAndNeverOverflows() {
    assertThat(Money.of("$0.002").times(50_001)).isEqualTo(Money.of("$100.002"));
    assertThatThrownBy(() -> Money.of("$0.002").times(Long.MAX_VALUE))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("amount must be below 9223372036 USD, got 18446744073709551.614000000");
  }

  @ParameterizedTest
  @CsvSource({
    "$49.004, 4900",
    "$49.005, 4901",
    "$49.0049999, 4900",
    "-$49.005, -4901",
    "¥0.5, 1",
    "0.0005 KWD, 1",
  })
  void minorUnits_roundsHalfUp(String text, long minorUnits) {
    assertThat(Money.of(text).minorUnits()).isEqualTo(minorUnits);
  }
}
