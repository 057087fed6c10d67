// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.quota.QuotaPeriod;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** So many units in so much time: {@code 1000/month}, {@code 100000/7 days}. */
record Allowance(long units, int count, QuotaPeriod.Unit unit) {

  private static final String EXPECTED =
      "expected <units>/<hour|day|week|month|year> such as 1000/month, or 100000/7 days";
  private static final Pattern TEXT =
      Pattern.compile(
          "(?<units>%1$s)/((?<count>%1$s) ?)?(?<unit>hour|day|week|month|year)(?<plural>s)?"
              .formatted(Numbers.DIGITS));

  static Allowance read(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (text.length() > 60 || !matcher.matches()) {
      throw new IllegalArgumentException(EXPECTED);
    }
    String count = matcher.group("count");
    if (count == null && matcher.group("plural") != null) {
      throw new IllegalArgumentException(EXPECTED);
    }
    return new Allowance(
        part("units", matcher.group("units"), Numbers.MOST),
        (int) (count == null ? 1 : part("period", count, 1000)),
        QuotaPeriod.Unit.valueOf(matcher.group("unit").toUpperCase(Locale.ROOT)));
  }

  private static long part(String what, String digits, long most) {
    try {
      return Numbers.read(digits, 1, most);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(what + ": " + e.getMessage(), e);
    }
  }

  /** As it is written in a tier file. */
  @Override
  public String toString() {
    String name = unit.name().toLowerCase(Locale.ROOT);
    return units + "/" + (count == 1 ? name : count + " " + name + "s");
  }
}
