// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

/**
 * A span of time in which a {@link WindowLimit} counts.
 *
 * @param start first second that belongs to it, in seconds since the epoch
 * @param end first second that no longer belongs to it
 */
public record Window(long start, long end) {

  public Window {
    if (end <= start) {
      throw new IllegalArgumentException("window must end after it starts: " + start + ".." + end);
    }
  }

  /** Whether an instant, in nanoseconds since the epoch, lies inside. */
  public boolean contains(long epochNanos) {
    long second = Math.floorDiv(epochNanos, 1_000_000_000L);
    return second >= start && second < end;
  }
}
