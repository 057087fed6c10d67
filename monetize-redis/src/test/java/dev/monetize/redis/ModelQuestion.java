// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

/**
 * A question to the {@link ScriptModel}.
 *
 * @param least what the ledger knows to have been used; negative: it is not told
 * @param callersNanos what the caller's clock shows
 * @param micros what the server's clock shows
 */
record ModelQuestion(
    LimitPlan plan, long least, Instance instance, long callersNanos, long micros) {

  private static final long SECOND = 1_000_000;

  /** The server's second. */
  long second() {
    return Math.floorDiv(micros, SECOND);
  }
}
