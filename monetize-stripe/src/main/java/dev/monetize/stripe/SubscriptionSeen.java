// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.time.Instant;
import java.util.Optional;

/**
 * A subscription as Stripe has it now, of a tier of ours.
 *
 * @param id {@code sub_…}
 * @param created when it was made
 * @param anchor when its first full period began, or begins
 * @param periodStart when its present period began
 * @param periodEnd when that ends
 * @param endsAt when it ends, where that was decided
 * @param unpaidSince when a payment failed first of what is not paid; empty where all is
 */
record SubscriptionSeen(
    String id,
    String status,
    String tier,
    Instant created,
    Instant anchor,
    Instant periodStart,
    Instant periodEnd,
    Optional<Instant> endsAt,
    Optional<Instant> unpaidSince) {

  static final String PAST_DUE = "past_due";
  static final String UNPAID = "unpaid";

  /** Whether it was made, paid for at least once or tried, and is not over. */
  boolean isLive() {
    return !status.equals("canceled") && !status.equals("incomplete_expired");
  }

  /** Whether its first payment is still to come, or never came: it grants nothing, nor ends. */
  boolean isBegun() {
    return !status.equals("incomplete") && !status.equals("incomplete_expired");
  }

  boolean isPaid() {
    return status.equals("active") || status.equals("trialing");
  }

  boolean isOwed() {
    return status.equals(PAST_DUE) || status.equals(UNPAID);
  }
}
