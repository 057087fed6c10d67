// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

/**
 * How a subject stands in each limit of a set, at one moment. Immutable.
 *
 * <p>Kept as one array of three numbers a limit (remaining, reset, window), so that a decision
 * costs one small allocation.
 */
public final class Standing {

  private static final int STRIDE = 3;

  private final LimitSet limits;
  private final long[] cells;

  /**
   * Used by implementations of {@link RateLimiter}.
   *
   * @param cells for each limit: units remaining, nanoseconds until it is whole again, and the
   *     start of the window counted in (seconds since the epoch; 0 where there is none). Not
   *     copied.
   */
  public Standing(LimitSet limits, long[] cells) {
    if (cells.length != STRIDE * limits.size()) {
      throw new IllegalArgumentException(
          "expected %d numbers for %d limits, got %d"
              .formatted(STRIDE * limits.size(), limits.size(), cells.length));
    }
    this.limits = limits;
    this.cells = cells;
  }

  /** The limits told of. */
  public LimitSet limits() {
    return limits;
  }

  /** Units that could be taken now; 0 where the limit is used up. */
  public long remaining(int index) {
    return cells[STRIDE * index];
  }

  /**
   * Nanoseconds until the limit is whole again: a rate limit's burst refilled, a quota's window
   * ended. 0 for a rate limit that is whole, and for concurrency.
   */
  public long resetNanos(int index) {
    return cells[STRIDE * index + 1];
  }

  /** Start of the window counted in, in seconds since the epoch; 0 for a limit without windows. */
  public long windowStart(int index) {
    return cells[STRIDE * index + 2];
  }
}
