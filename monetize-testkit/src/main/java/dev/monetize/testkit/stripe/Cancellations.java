// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** When subscriptions are to end, as it is asked for ahead, or taken back. */
final class Cancellations {

  private final World world;
  private final Cycle cycle;

  Cancellations(World world, Cycle cycle) {
    this.world = world;
    this.cycle = cycle;
  }

  /** Where parameters of a change say so; at the end of a period, of the first that ends. */
  void plan(ObjectNode subscription, ObjectNode params) {
    if (params.has("cancel_at_period_end")) {
      boolean ends = params.path("cancel_at_period_end").asBoolean();
      subscription.put("cancel_at_period_end", ends);
      at(subscription, ends ? (Long) Items.present(subscription).end() : null);
    } else if (params.has("cancel_at")) {
      at(subscription, time(subscription, params.path("cancel_at")));
    }
  }

  private static @Nullable Long time(ObjectNode subscription, JsonNode cancelAt) {
    if (cancelAt.isNull()) {
      return null;
    }
    return switch (cancelAt.asText()) {
      case "min_period_end" -> (Long) Items.present(subscription).end();
      case "max_period_end" -> (Long) Items.lastEnd(subscription);
      default -> (Long) cancelAt.asLong();
    };
  }

  /** On a page; where billing is flexible, when the last period ends, and only the time is said. */
  void onPage(ObjectNode subscription, boolean ends) {
    subscription.put("cancel_at_period_end", ends && !Items.flexible(subscription));
    at(subscription, ends ? (Long) Items.lastEnd(subscription) : null);
  }

  private void at(ObjectNode subscription, @Nullable Long second) {
    boolean ends = second != null;
    subscription.put("cancel_at", second);
    subscription.put("canceled_at", ends ? (Long) world.now(subscription) : null);
    String why = ends ? "cancellation_requested" : null;
    subscription.withObjectProperty("cancellation_details").put("reason", why);
    if (!ends) {
      subscription.put("cancel_at_period_end", false);
    } else if (!subscription.path("cancel_at_period_end").asBoolean()) {
      cycle.scheduleCancel(subscription); // else it goes with the period, which may change
    }
  }
}
