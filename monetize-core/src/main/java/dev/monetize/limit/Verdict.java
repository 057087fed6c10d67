// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

/**
 * Decides a call on the arrays of its customer and its key, all or nothing: both are locked, every
 * limit is checked, then every limit is charged. A rate limit alone needs no lock.
 *
 * <p>Allocates nothing and runs no foreign code. An array of an empty layout may be any array.
 */
final class Verdict {

  /** Nothing was charged; the cells hold what the limits saw. */
  static final long REFUSED = -1;

  /** Nothing was charged: an array was moved away, and must be looked up again. */
  static final long MOVED = -2;

  private Verdict() {}

  /**
   * Decides.
   *
   * @param cells windows found by {@link Layout#findWindows} on entry; on return, what {@link
   *     Layout#tell} needs
   * @return the limits in shadow mode that would have refused, one bit each, if the call is
   *     allowed; else {@link #REFUSED} or {@link #MOVED}
   */
  static long of(
      LimitSet set, long[] customer, long[] key, long[] amounts, long now, long[] cells) {
    if (set.key().isEmpty()) {
      return one(set, set.customer(), customer, amounts, now, cells);
    }
    if (set.customer().isEmpty()) {
      return one(set, set.key(), key, amounts, now, cells);
    }
    return both(set, customer, key, amounts, now, cells);
  }

  private static long one(
      LimitSet set, Layout layout, long[] words, long[] amounts, long now, long[] cells) {
    if (layout.isEmpty()) {
      return 0;
    }
    RateSlot alone = layout.alone();
    return alone != null
        ? alone.decide(words, cells, amounts, now)
        : several(set, layout, words, amounts, now, cells);
  }

  private static long several(
      LimitSet set, Layout layout, long[] words, long[] amounts, long now, long[] cells) {
    if (!WordLock.lock(words)) {
      return MOVED;
    }
    try {
      long refusing = layout.check(words, cells, amounts, now);
      if ((refusing & ~set.shadows()) != 0) {
        return REFUSED;
      }
      layout.charge(words, cells, amounts, now);
      return refusing;
    } finally {
      WordLock.unlock(words);
    }
  }

  private static long both(
      LimitSet set, long[] customer, long[] key, long[] amounts, long now, long[] cells) {
    if (!WordLock.lock(customer)) {
      return MOVED;
    }
    try {
      return withCustomer(set, customer, key, amounts, now, cells);
    } finally {
      WordLock.unlock(customer);
    }
  }

  private static long withCustomer(
      LimitSet set, long[] customer, long[] key, long[] amounts, long now, long[] cells) {
    if (!WordLock.lock(key)) {
      return MOVED;
    }
    try {
      long refusing =
          set.customer().check(customer, cells, amounts, now)
              | set.key().check(key, cells, amounts, now);
      if ((refusing & ~set.shadows()) != 0) {
        return REFUSED;
      }
      set.customer().charge(customer, cells, amounts, now);
      set.key().charge(key, cells, amounts, now);
      return refusing;
    } finally {
      WordLock.unlock(key);
    }
  }

  /** Of the limits that refused, the position of the one that keeps the caller waiting longest. */
  static int slowest(LimitSet set, long[] cells, long[] amounts, long now) {
    int slowest = -1;
    long longest = 0;
    for (int i = 0; i < set.size(); i++) {
      Slot slot = set.slot(i);
      long delay = slot.shadow ? 0 : slot.delay(cells, amounts, now);
      if (delay > longest) {
        longest = delay;
        slowest = i;
      }
    }
    return slowest;
  }

  /** The limits in shadow mode that would have refused, one bit each. */
  static long shadowed(LimitSet set, long[] cells, long[] amounts, long now) {
    return set.shadows()
        & (set.customer().refusing(cells, amounts, now) | set.key().refusing(cells, amounts, now));
  }
}
