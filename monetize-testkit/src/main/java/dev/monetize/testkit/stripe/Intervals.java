// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;

/**
 * Which intervals go together in a subscription: all of one, or, where its billing is flexible,
 * multiples of the shortest. A year is twelve months, and a week seven days; a month is no number
 * of days but of single ones.
 */
final class Intervals {

  private Intervals() {}

  static boolean same(JsonNode recurring, JsonNode other) {
    return dated(recurring) == dated(other) && count(recurring) == count(other);
  }

  /** The shortest of a subscription. */
  static JsonNode shortest(ObjectNode subscription) {
    return Items.of(subscription).stream()
        .map(Items::recurring)
        .min(Comparator.comparingLong(Periods::longest))
        .orElseThrow();
  }

  /** Refuses items that cannot be in one subscription. */
  static void check(ObjectNode subscription, String param) {
    JsonNode shortest = shortest(subscription);
    List<JsonNode> all = Items.of(subscription).stream().map(Items::recurring).toList();
    if (!Items.flexible(subscription) && !all.stream().allMatch(each -> same(each, shortest))) {
      throw StripeError.refused(
          null,
          param,
          "Currency and interval fields must match across all plans on this subscription. Found"
              + " mismatch in interval field.");
    }
    if (!all.stream().allMatch(each -> multiple(each, shortest))) {
      throw StripeError.refused(
          null,
          param,
          "All prices of a subscription must have an interval that is a multiple of the shortest.");
    }
  }

  private static boolean multiple(JsonNode recurring, JsonNode shortest) {
    return dated(recurring) == dated(shortest)
        ? count(recurring) % count(shortest) == 0
        : !dated(shortest) && count(shortest) == 1;
  }

  /** Whether it is counted in months, and not in days. */
  private static boolean dated(JsonNode recurring) {
    return List.of("month", "year").contains(Json.textOrEmpty(recurring, "interval"));
  }

  private static long count(JsonNode recurring) {
    long each =
        switch (Json.textOrEmpty(recurring, "interval")) {
          case "year" -> 12;
          case "week" -> 7;
          default -> 1;
        };
    return each * recurring.path("interval_count").asLong(1);
  }
}
