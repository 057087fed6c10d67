// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Charge;
import dev.monetize.limit.RateLimiter;
import dev.monetize.limit.Subject;
import java.util.Arrays;

/** How long calls took; a clock read is in each. */
final class Timings {

  private final long[] nanos;
  private int size;

  Timings(int most) {
    this(new long[most], 0);
  }

  private Timings(long[] nanos, int size) {
    this.nanos = nanos;
    this.size = size;
  }

  int size() {
    return size;
  }

  /** How many there can be. */
  int most() {
    return nanos.length;
  }

  /**
   * How long a decision takes. A method of its own: the loops that call it turn too seldom to be
   * compiled, and an interpreter's time would be in each figure.
   */
  static long of(RateLimiter limiter, Subject subject, Charge charge, long now) {
    long start = System.nanoTime();
    limiter.acquire(subject, charge, now);
    return System.nanoTime() - start;
  }

  void add(long took) {
    nanos[size++] = took;
  }

  /** Both together. */
  Timings and(Timings other) {
    long[] all = Arrays.copyOf(nanos, size + other.size);
    System.arraycopy(other.nanos, 0, all, size, other.size);
    return new Timings(all, all.length);
  }

  @Override
  public String toString() {
    long[] sorted = Arrays.copyOf(nanos, size);
    Arrays.sort(sorted);
    return size == 0
        ? "0"
        : "%,d: p50 %,d ns, p99 %,d ns"
            .formatted(size, sorted[size / 2], sorted[(int) (size * 0.99)]);
  }
}
