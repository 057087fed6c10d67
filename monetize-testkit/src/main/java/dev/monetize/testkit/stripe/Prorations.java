// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/** What a change within a period comes to: unused time back, remaining time on top. */
final class Prorations {

  private final World world;
  private final Lines lines;

  Prorations(World world, Lines lines) {
    this.world = world;
    this.lines = lines;
  }

  /** The part of an amount that falls on a part of a period, half up. */
  static long share(long amount, Span part, Span whole) {
    return BigDecimal.valueOf(amount)
        .multiply(BigDecimal.valueOf(part.end() - part.start()))
        .divide(BigDecimal.valueOf(whole.end() - whole.start()), 0, RoundingMode.HALF_UP)
        .longValueExact();
  }

  /** From an item as it was to one as it is; either may be absent, which is an empty object. */
  List<ObjectNode> lines(ObjectNode subscription, ObjectNode before, ObjectNode after, long at) {
    long anchor = subscription.path("billing_cycle_anchor").asLong();
    List<ObjectNode> all = new ArrayList<>();
    if (licensed(before)) {
      all.add(line(before, anchor, at, -1));
    }
    if (licensed(after)) {
      all.add(line(after, anchor, at, 1));
    }
    return all;
  }

  private static boolean licensed(ObjectNode item) {
    return !item.isEmpty() && !Items.metered(item.path("price"));
  }

  /** A first period may be shorter than what the price is for. */
  private ObjectNode line(ObjectNode item, long anchor, long at, int sign) {
    long end = Items.period(item).end();
    Span whole = new Span(Periods.before(anchor, Items.recurring(item), end), end);
    Span rest = new Span(at, end);
    JsonNode price = item.path("price");
    ObjectNode stored = world.store().find("price", Json.textOrEmpty(price, "id"));
    BigDecimal quantity = BigDecimal.valueOf(item.path("quantity").asLong(1));
    long full = Charge.total(stored == null ? price : stored, quantity);
    return lines.prorated(item, price, sign * share(full, rest, whole), rest);
  }
}
