// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.math.BigInteger;

/**
 * Units × nanoseconds of a value that changes, from a moment on. In 128 bits, which cannot
 * overflow: a value below 2^63, held for less than 2^64 ns. Not thread-safe.
 */
final class Integral {

  private static final BigInteger SECOND = BigInteger.valueOf(1_000_000_000L);

  private long at;
  private long held;
  private boolean holding;
  private boolean some;
  private boolean gaps;
  private long high;
  private long low;

  /** Nothing is held yet. */
  Integral(long from) {
    at = from;
  }

  /** Lets what is held last until a time; what is before the beginning does not count. */
  void advance(long time) {
    if (time > at) {
      if (holding) {
        add(held, time - at);
      }
      at = time;
    }
  }

  void hold(long value) {
    held = value;
    holding = true;
  }

  /** Leaves out the time until a moment: it is not known what was held. */
  void skip(long until) {
    gaps |= until > at;
    at = Math.max(at, until);
    holding = false;
  }

  private void add(long value, long nanos) {
    long product = value * nanos;
    long sum = low + product;
    long carry = Long.compareUnsigned(sum, low) < 0 ? 1 : 0;
    high += Math.multiplyHigh(value, nanos) + (nanos < 0 ? value : 0) + carry; // nanos unsigned
    low = sum;
    some = true;
  }

  /** In units × seconds, rounded down. */
  Amount amount() {
    if (!some && !gaps) {
      return Amount.NOTHING;
    }
    BigInteger seconds = unitNanos().divide(SECOND);
    if (seconds.bitLength() > 63) {
      return Amount.atLeast(Long.MAX_VALUE);
    }
    return gaps ? Amount.atLeast(seconds.longValue()) : Amount.exact(seconds.longValue());
  }

  private BigInteger unitNanos() {
    BigInteger lower = BigInteger.valueOf(low >>> 1).shiftLeft(1).or(BigInteger.valueOf(low & 1));
    return BigInteger.valueOf(high).shiftLeft(64).add(lower);
  }
}
