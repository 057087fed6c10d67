// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

/**
 * What is to be corrected of earlier calls in one limit.
 *
 * @param kind {@link LimitPlan#WINDOW} or {@link LimitPlan#CALLS}
 * @param start of a window limit, the window that was charged
 * @param end where that window ends
 * @param difference what was used above what was taken
 */
record Correction(int scope, int kind, int id, long start, long end, long difference) {

  /** Whether it is of the same limit and window as another. */
  boolean isOf(Correction other) {
    return scope == other.scope && kind == other.kind && id == other.id && start == other.start;
  }

  Correction plus(long more) {
    return new Correction(scope, kind, id, start, end, difference + more);
  }
}
