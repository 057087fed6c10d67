// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import org.jspecify.annotations.Nullable;

/**
 * The place of a {@link RateLimit}: one word, the theoretical arrival time in nanoseconds.
 *
 * <p>A permit moves it by the interval, rounded up to whole nanoseconds, and may move it as far
 * ahead of now as the burst's intervals. Compared with the exact rate the bucket is as large and
 * refills by less than 1 ns a permit more slowly.
 */
final class RateSlot extends Slot {

  private final RateLimit limit;
  private final long interval;
  private final long burst;
  private final long reciprocal;
  private final @Nullable WindowSlot quota;

  /**
   * @param quota the quota past which the limit holds, or null if it always does
   */
  RateSlot(RateLimit limit, int index, int at, @Nullable WindowSlot quota) {
    super(limit, index, at, NONE);
    this.limit = limit;
    this.interval = limit.intervalNanos();
    this.burst = limit.burstNanos();
    this.reciprocal = Long.divideUnsigned(-1, interval);
    this.quota = quota;
  }

  @Override
  char kind() {
    return 'r';
  }

  @Override
  int width() {
    return 1;
  }

  @Override
  Limit limit() {
    return limit;
  }

  /** Heals a clock that stepped back, or a burst that was lowered. */
  @Override
  void load(long[] words, long[] cells, long now) {
    long arrival = word(words);
    if (arrival > now + burst) {
      arrival = now + burst;
      put(words, arrival);
    }
    cells[cell] = arrival;
  }

  @Override
  long delay(long[] cells, long[] amounts, long now) {
    return quota == null || quota.past(cells, amounts)
        ? Math.max(0, after(cells, amounts, now) - burst - now)
        : 0;
  }

  @Override
  void take(long[] cells, long[] amounts, long now) {
    if (quota == null || quota.past(cells, amounts)) {
      cells[cell] = Math.min(after(cells, amounts, now), now + burst);
    }
  }

  private long after(long[] cells, long[] amounts, long now) {
    return Math.max(cells[cell], now) + amounts[index] * interval;
  }

  @Override
  void tell(long[] cells, long now) {
    boolean holds = quota == null || quota.usedUp(cells);
    long behind = holds ? Math.max(0, cells[cell] - now) : 0;
    cells[cell] = permits(burst - behind);
    cells[cell + 1] = behind;
  }

  /**
   * How often the interval fits into some nanoseconds; several times as fast as a division. With
   * {@code reciprocal = floor((2^64 - 1) / interval)} the estimate is at most 1 too small.
   */
  private long permits(long nanos) {
    long estimate = Math.multiplyHigh(nanos, reciprocal);
    return nanos - estimate * interval >= interval ? estimate + 1 : estimate;
  }

  /**
   * Decides alone, as a {@link Verdict}, on an array that has no other word: what is decided and
   * what is charged are one compare-and-set, without a lock.
   */
  long decide(long[] words, long[] cells, long[] amounts, long now) {
    long first;
    long refusing;
    do {
      first = WordLock.first(words);
      if (first == WordLock.MOVED) {
        return Verdict.MOVED;
      }
      cells[cell] = Math.min(first, now + burst);
      refusing = refusing(cells, amounts, now);
      if (refusing == 0 || shadow) {
        take(cells, amounts, now);
      }
    } while (cells[cell] != first && !WordLock.replace(words, first, cells[cell]));
    return refusing == 0 || shadow ? refusing : Verdict.REFUSED;
  }

  /** Rate is never given back. */
  @Override
  void correct(long[] words, long taken, long actual, long windowStart) {}

  @Override
  boolean fresh(long[] words, long now, long longestWindow) {
    return word(words) <= now;
  }
}
