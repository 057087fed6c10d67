// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import java.util.List;

/**
 * What is to be corrected of earlier calls in one limit.
 *
 * @param kind {@link LimitPlan#WINDOW}, {@link LimitPlan#CALLS}, or {@link LimitPlan#RATE} for what
 *     comes back of a lease
 * @param start of a window limit, the window that was charged; of a rate its tag; of calls 1 where
 *     the difference is all that this instance has under way, else 0
 * @param end where that window ends
 * @param difference what was used above what was taken; of a rate, whole units of time that come
 *     back
 * @param part of a rate, the rest that comes back, in {@code parts}-ths of a unit
 * @param parts see {@link dev.monetize.limit.Gcra#parts}
 */
record Correction(
    int scope, int kind, int id, long start, long end, long difference, long part, long parts) {

  Correction(int scope, int kind, int id, long start, long end, long difference) {
    this(scope, kind, id, start, end, difference, 0, 0);
  }

  /** Whether it can be one with another: it is of the same window, or of the same calls. */
  boolean isOf(Correction other) {
    return kind != LimitPlan.RATE
        && scope == other.scope
        && kind == other.kind
        && id == other.id
        && start == other.start;
  }

  /** The same by nothing, which has the state written as it is. */
  Correction unchanged() {
    return new Correction(scope, kind, id, start, end, 0, 0, parts);
  }

  /** Whether it tells all that is under way, and is of that moment alone. */
  boolean isCount() {
    return kind == LimitPlan.CALLS && start == 1;
  }

  /** Of calls, the same limit with all that is under way. */
  Correction counted(long calls) {
    return new Correction(scope, kind, id, 1, 0, calls);
  }

  /** Those that hold whenever they arrive. */
  static List<Correction> changes(List<Correction> all) {
    return all.stream().filter(one -> !one.isCount()).toList();
  }

  Correction plus(long more) {
    return new Correction(scope, kind, id, start, end, difference + more);
  }
}
