// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

/** What came of sending an item. */
sealed interface Answer {

  /** Stripe has it. */
  record Arrived() implements Answer {}

  /** Stripe certainly has not got it by this try, and may be asked again. */
  record NotTaken(String reason, long retryAfterMillis) implements Answer {}

  /**
   * Stripe may have it or not.
   *
   * @param replied whether it said something, which it would repeat for the same idempotency key
   */
  record InDoubt(String reason, boolean replied, long retryAfterMillis) implements Answer {}

  /** Stripe will never take it as it is. */
  record Refused(String reason) implements Answer {}

  /** Stripe takes nothing from this key. */
  record Locked(String reason) implements Answer {}
}
