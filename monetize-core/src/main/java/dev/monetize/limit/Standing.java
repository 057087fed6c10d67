// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

/**
 * How a subject stands in each limit of a set, at one moment. Immutable.
 *
 * <p>Kept as one array of numbers, and what allows a call is a standing itself, so that a decision
 * costs two small allocations.
 */
public abstract sealed class Standing permits Decision.Allowed, Standing.Seen {

  final long[] cells;

  Standing(long[] cells) {
    this.cells = cells;
  }

  static long[] checked(LimitSet limits, long[] cells) {
    if (cells.length != limits.cells()) {
      throw new IllegalArgumentException(
          "expected %d numbers for %d limits, got %d"
              .formatted(limits.cells(), limits.size(), cells.length));
    }
    return cells;
  }

  /** A standing alone, without a call that was allowed. */
  static final class Seen extends Standing {

    private final LimitSet limits;

    Seen(LimitSet limits, long[] cells) {
      super(checked(limits, cells));
      this.limits = limits;
    }

    @Override
    public LimitSet limits() {
      return limits;
    }
  }

  /**
   * A standing, for implementations of {@link RateLimiter}.
   *
   * @param cells for each limit two numbers: units remaining, of a {@link WindowLimit} negative by
   *     what was used beyond it, and nanoseconds until it is whole again; behind those, for each
   *     {@link WindowLimit} in order, the start of the window counted in, in seconds since the
   *     epoch. Not copied.
   */
  public static Standing of(LimitSet limits, long[] cells) {
    return new Seen(limits, cells);
  }

  /** The limits told of. */
  public abstract LimitSet limits();

  /** Units that could be taken now; 0 where the limit is used up. */
  public final long remaining(int index) {
    return Math.max(0, cells[Slot.CELLS * index]);
  }

  /**
   * Units of a quota used in its window, those of the present call among them, also beyond what is
   * included; 0 for a limit without windows.
   */
  public final long used(int index) {
    return limits().get(index) instanceof WindowLimit window
        ? window.included() - cells[Slot.CELLS * index]
        : 0;
  }

  /**
   * Nanoseconds until the limit is whole again: a rate limit's burst refilled, a quota's window
   * ended. 0 for a rate limit that is whole, and for concurrency.
   */
  public final long resetNanos(int index) {
    return cells[Slot.CELLS * index + 1];
  }

  /** Start of the window counted in, in seconds since the epoch; 0 for a limit without windows. */
  public final long windowStart(int index) {
    int start = limits().slot(index).start;
    return start == Slot.NONE ? 0 : cells[start];
  }
}
