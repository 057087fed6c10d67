// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import java.util.HashSet;
import java.util.Set;

/** One call at a time for each customer and meter. Thread-safe. */
final class InFlight {

  private final Set<String> taken = new HashSet<>();

  /** Takes a place, or refuses a second one. */
  synchronized void enter(String place) {
    if (!place.isEmpty() && !taken.add(place)) {
      throw StripeError.of(
          409,
          StripeError.INVALID,
          "lock_timeout",
          "This object cannot be accessed right now because another API request is currently"
              + " accessing it: one call at a time for each customer and meter.");
    }
  }

  synchronized void leave(String place) {
    taken.remove(place);
  }

  /** The place that a call of meter events takes; empty for others. */
  static String place(Call call) {
    if (!call.mutates() || !call.path().endsWith("/billing/meter_events")) {
      return "";
    }
    var params = call.params();
    String customer = Json.textOrEmpty(params.path("payload"), "stripe_customer_id");
    return Json.textOrEmpty(params, "event_name") + "\n" + customer;
  }
}
