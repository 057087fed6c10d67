// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** So many calls in so much time: {@code 10/min}, {@code 100/10s}. */
record Rate(long permits, Duration period) {

  private static final String EXPECTED =
      "expected <calls>/<s|min|hour|day> such as 10/min, or 100/10s";
  private static final Pattern TEXT =
      Pattern.compile(
          "(?<permits>%1$s)/((?<count>%1$s) ?)?(?<unit>[a-z]+)".formatted(Numbers.DIGITS));
  private static final Map<String, Duration> UNITS =
      Map.ofEntries(
          Map.entry("s", Duration.ofSeconds(1)),
          Map.entry("sec", Duration.ofSeconds(1)),
          Map.entry("second", Duration.ofSeconds(1)),
          Map.entry("seconds", Duration.ofSeconds(1)),
          Map.entry("min", Duration.ofMinutes(1)),
          Map.entry("minute", Duration.ofMinutes(1)),
          Map.entry("minutes", Duration.ofMinutes(1)),
          Map.entry("h", Duration.ofHours(1)),
          Map.entry("hour", Duration.ofHours(1)),
          Map.entry("hours", Duration.ofHours(1)),
          Map.entry("day", Duration.ofDays(1)),
          Map.entry("days", Duration.ofDays(1)));

  static Rate read(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (text.length() > 60 || !matcher.matches()) {
      throw new IllegalArgumentException(EXPECTED);
    }
    Duration unit = UNITS.get(matcher.group("unit"));
    if (unit == null) {
      boolean long_ = matcher.group("unit").matches("weeks?|months?|years?");
      throw new IllegalArgumentException(
          EXPECTED + (long_ ? "; longer periods are quotas: included_calls or quotas" : ""));
    }
    String count = matcher.group("count");
    return new Rate(
        part("calls", matcher.group("permits"), 1_000_000_000_000L),
        unit.multipliedBy(count == null ? 1 : part("period", count, 86_400L * 366)));
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
    return permits + "/" + period(period);
  }

  private static String period(Duration period) {
    if (period.toMillis() % 1000 != 0) {
      return period.toMillis() + "ms";
    }
    long seconds = period.toSeconds();
    if (seconds % 86_400 == 0) {
      return seconds == 86_400 ? "day" : seconds / 86_400 + " days";
    }
    if (seconds % 3600 == 0) {
      return seconds == 3600 ? "hour" : seconds / 3600 + " hours";
    }
    if (seconds % 60 == 0) {
      return seconds == 60 ? "min" : seconds / 60 + " min";
    }
    return seconds == 1 ? "s" : seconds + "s";
  }
}
