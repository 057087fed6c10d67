// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import static java.lang.Math.addExact;
import static java.lang.Math.multiplyExact;

import java.math.BigInteger;

/**
 * A token bucket as a book has it: a level that rises with time. Counted in permits times the
 * period's nanoseconds, so that it is exact; overflow throws.
 *
 * <p>A clock that steps back either leaves the level (a bucket that is never too low), or takes
 * back the refill of that time (never too high).
 */
final class NaiveBucket {

  private final boolean lenient;
  private long share;
  private long period;
  private long burst;
  private long level;
  private long last;

  NaiveBucket(RateLimit limit, boolean lenient, long now) {
    this.lenient = lenient;
    numbers(limit);
    this.level = full();
    this.last = now;
  }

  private void numbers(RateLimit limit) {
    share = limit.strict() ? limit.permits() - limit.burst() + 1 : limit.permits();
    period = limit.period().toNanos();
    burst = limit.burst();
  }

  private long full() {
    return multiplyExact(burst, period);
  }

  /** Keeps the time that the bucket needs to be full, under other numbers. */
  void change(RateLimit limit) {
    BigInteger missing = BigInteger.valueOf(full() - level);
    long before = share;
    numbers(limit);
    missing = missing.multiply(BigInteger.valueOf(share)).divide(BigInteger.valueOf(before));
    level = full() - missing.longValueExact();
    // by the old numbers the limiter was up to 1 ns a permit off; by the new ones that is the slack
    level += lenient ? multiplyExact(burst, share) : -1;
  }

  void at(long now) {
    long passed = now - last;
    last = now;
    if (passed >= 0) {
      level = passed > (full() - level) / share ? full() : level + multiplyExact(passed, share);
    } else if (!lenient) {
      level = addExact(level, multiplyExact(passed, share));
    }
    level = Math.max(0, Math.min(level, full()));
  }

  /** Whether a cost fits, or fits if the bucket had some nanoseconds less. */
  boolean fits(long cost, long fewerNanos) {
    return addExact(multiplyExact(cost, period), multiplyExact(fewerNanos, share)) <= level;
  }

  void take(long cost) {
    level = Math.max(0, level - multiplyExact(cost, period));
  }

  boolean isEmpty() {
    return level == 0;
  }

  long remaining() {
    return level / period;
  }
}
