// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.price;

import java.math.BigDecimal;
import java.util.Currency;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How amounts are written. */
final class MoneyText {

  private static final int LONGEST = 40;
  private static final Pattern AMOUNT =
      Pattern.compile(
          "(?<minus>-)?(?<sign>[$€£¥])?(?<number>[0-9]+(_[0-9]+)*(\\.[0-9]{1,9})?)( (?<code>[A-Z]{3}))?");
  private static final Map<String, String> CODES =
      Map.of("$", "USD", "€", "EUR", "£", "GBP", "¥", "JPY");

  private MoneyText() {}

  static Money parse(String text, @Nullable Currency currency) {
    Matcher matcher = AMOUNT.matcher(text);
    if (text.length() > LONGEST || !matcher.matches()) {
      throw refused(
          text, "expected a number with at most 9 decimals, such as " + example(currency));
    }
    Currency named = currency(text, matcher, currency);
    if (currency != null && !named.equals(currency)) {
      throw refused(text, "expected an amount in " + currency);
    }
    BigDecimal amount = new BigDecimal(matcher.group("number").replace("_", ""));
    amount = matcher.group("minus") == null ? amount : amount.negate();
    try {
      return Money.fitted(amount.setScale(Money.SCALE).unscaledValue(), named);
    } catch (ArithmeticException e) {
      throw refused(text, e.getMessage());
    }
  }

  private static Currency currency(String text, Matcher matcher, @Nullable Currency otherwise) {
    String sign = matcher.group("sign");
    String code = matcher.group("code");
    if (sign != null && code != null) {
      throw refused(text, "expected a currency sign or code, not both");
    }
    String named = sign == null ? code : CODES.get(sign);
    if (named != null) {
      return byCode(text, named);
    }
    if (otherwise == null) {
      throw refused(text, "expected its currency too, such as " + example(null));
    }
    return otherwise;
  }

  private static Currency byCode(String text, String code) {
    try {
      return Currency.getInstance(code);
    } catch (IllegalArgumentException e) {
      throw refused(text, code + " is no ISO 4217 currency");
    }
  }

  private static String example(@Nullable Currency currency) {
    if (currency == null) {
      return "$0.002 or 0.002 USD";
    }
    String signed = format(new Money(2_000_000, currency));
    String coded = "0.002 " + currency;
    return signed.equals(coded) ? coded : signed + " or " + coded;
  }

  private static IllegalArgumentException refused(String text, @Nullable String why) {
    String shown = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    return new IllegalArgumentException("amount \"" + shown + "\": " + why);
  }

  static String format(Money money) {
    BigDecimal amount = money.amount().abs().stripTrailingZeros();
    if (amount.scale() > 0) {
      amount =
          amount.setScale(Math.max(amount.scale(), money.currency().getDefaultFractionDigits()));
    }
    String number = amount.toPlainString();
    String minus = money.nanos() < 0 ? "-" : "";
    for (Map.Entry<String, String> sign : CODES.entrySet()) {
      if (sign.getValue().equals(money.currency().getCurrencyCode())) {
        return minus + sign.getKey() + number;
      }
    }
    return minus + number + " " + money.currency();
  }
}
