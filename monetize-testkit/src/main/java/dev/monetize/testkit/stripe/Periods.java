// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/**
 * Billing periods: counted from the anchor, so that one on the 31st is on the 28th in February and
 * on the 31st again in March. In UTC.
 */
final class Periods {

  private Periods() {}

  /** The first boundary after a second. */
  static long after(long anchor, JsonNode recurring, long second) {
    long n = Math.floorDiv(second - anchor, longest(recurring)) - 1;
    while (boundary(anchor, recurring, n) <= second) {
      n++;
    }
    return boundary(anchor, recurring, n);
  }

  /** The last boundary before a second. */
  static long before(long anchor, JsonNode recurring, long second) {
    long n = Math.floorDiv(second - anchor, longest(recurring)) - 1;
    while (boundary(anchor, recurring, n + 1) < second) {
      n++;
    }
    return boundary(anchor, recurring, n);
  }

  /** That which a second is in. */
  static Span around(long anchor, JsonNode recurring, long second) {
    long end = after(anchor, recurring, second);
    return new Span(before(anchor, recurring, end), end);
  }

  private static long boundary(long anchor, JsonNode recurring, long n) {
    ZonedDateTime from = Instant.ofEpochSecond(anchor).atZone(ZoneOffset.UTC);
    long steps = n * recurring.path("interval_count").asLong(1);
    ZonedDateTime at =
        switch (Json.textOrEmpty(recurring, "interval")) {
          case "day" -> from.plusDays(steps);
          case "week" -> from.plusWeeks(steps);
          case "year" -> from.plusYears(steps);
          default -> from.plusMonths(steps);
        };
    return at.toEpochSecond();
  }

  /** No period is longer, in seconds. */
  static long longest(JsonNode recurring) {
    long days =
        switch (Json.textOrEmpty(recurring, "interval")) {
          case "day" -> 1;
          case "week" -> 7;
          case "year" -> 366;
          default -> 31;
        };
    return days * 86400 * recurring.path("interval_count").asLong(1);
  }
}
