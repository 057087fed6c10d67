// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

/**
 * The place of a {@link WindowLimit}: two words, the units used and the start of the window they
 * were used in, in seconds.
 */
final class WindowSlot extends Slot {

  private static final long SECOND = 1_000_000_000L;

  private final WindowLimit limit;

  /**
   * @param start position of the cell for its window's start
   */
  WindowSlot(WindowLimit limit, int index, int at, int start) {
    super(limit, index, at, start);
    this.limit = limit;
  }

  @Override
  char kind() {
    return 'w';
  }

  @Override
  int width() {
    return 2;
  }

  @Override
  WindowLimit limit() {
    return limit;
  }

  /**
   * Finds the window to count in, before the lock is taken: the one of now, or the one counted in
   * already if the clock stepped back.
   */
  void find(long[] words, long[] cells, long now) {
    Window window = limit.windows().at(now);
    long counted = WordLock.glance(words, at + 1);
    if (counted >= window.end()) {
      window = limit.windows().at(counted * SECOND);
    }
    cells[cell + 1] = window.end();
    cells[start] = window.start();
  }

  /** How long the window found is. */
  long seconds(long[] cells) {
    return cells[cell + 1] - cells[start];
  }

  /**
   * Begins the next window. Where the limit's windows were redefined and the count began inside the
   * present one, it goes on; where another call is a window ahead already, this one joins it.
   */
  @Override
  void load(long[] words, long[] cells, long now) {
    long counted = words[at + 1];
    long found = cells[start];
    if (counted >= cells[cell + 1]) {
      cells[cell + 1] += counted - found;
      cells[start] = counted;
    } else if (counted != found) {
      if (counted < found) {
        put(words, 0);
      }
      words[at + 1] = found;
    }
    cells[cell] = word(words);
  }

  /** Whether a call of this amount goes past what is included. */
  boolean past(long[] cells, long[] amounts) {
    return cells[cell] > limit.included() - amounts[index];
  }

  /** Whether the next unit goes past what is included. */
  boolean usedUp(long[] cells) {
    return cells[cell] >= limit.included();
  }

  @Override
  long delay(long[] cells, long[] amounts, long now) {
    long amount = amounts[index];
    if (amount == 0 || cells[cell] <= limit.ceiling() - amount) {
      return 0;
    }
    return amount > limit.ceiling() ? Long.MAX_VALUE : untilEnd(cells, now);
  }

  @Override
  void take(long[] cells, long[] amounts, long now) {
    cells[cell] = sum(cells[cell], amounts[index]);
  }

  @Override
  void tell(long[] cells, long now) {
    cells[cell] = limit.included() - cells[cell];
    cells[cell + 1] = untilEnd(cells, now);
  }

  private long untilEnd(long[] cells, long now) {
    long end = cells[cell + 1];
    return end > Long.MAX_VALUE / SECOND ? Long.MAX_VALUE : Math.max(1, end * SECOND - now);
  }

  /** Nothing to correct once a later window is counted in. */
  @Override
  void correct(long[] words, long taken, long actual, long windowStart) {
    if (words[at + 1] <= windowStart) {
      long used = word(words);
      put(words, actual >= taken ? sum(used, actual - taken) : Math.max(0, used - taken + actual));
    }
  }

  /** How much was used in a window, for a subject that is new here. */
  void seed(long[] words, long used, long start) {
    words[at] = Math.min(Math.max(0, used), MOST);
    words[at + 1] = start;
  }

  @Override
  boolean fresh(long[] words, long now, long longestWindow) {
    return word(words) == 0 || words[at + 1] + longestWindow <= Math.floorDiv(now, SECOND);
  }

  private static long sum(long used, long more) {
    return used > MOST - more ? MOST : used + more;
  }
}
