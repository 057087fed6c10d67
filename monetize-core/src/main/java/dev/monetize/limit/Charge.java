// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import java.util.function.ToLongFunction;

/**
 * What one call takes from each limit of a set. Built once for each endpoint of a tier, not for
 * each call. Immutable.
 */
public final class Charge {

  private final LimitSet limits;
  private final long[] amounts;

  private Charge(LimitSet limits, long[] amounts) {
    this.limits = limits;
    this.amounts = amounts;
  }

  /**
   * A charge on a set of limits.
   *
   * @param amount what to take from each limit; 0 where the call does not touch it
   * @throws IllegalArgumentException if an amount is negative, or can never fit into the burst of a
   *     rate limit or the calls of a concurrency limit
   */
  public static Charge of(LimitSet limits, ToLongFunction<Limit> amount) {
    long[] amounts = limits.limits().stream().mapToLong(amount).toArray();
    for (int i = 0; i < amounts.length; i++) {
      check(limits.get(i), amounts[i]);
    }
    return new Charge(limits, amounts);
  }

  private static void check(Limit limit, long amount) {
    if (amount < 0) {
      throw new IllegalArgumentException(
          "amount must not be negative, got " + amount + " (limit \"" + limit.id() + "\")");
    }
    if (limit instanceof RateLimit rate && amount > rate.burst()) {
      throw new IllegalArgumentException(
          "a cost of %d never fits into a burst of %d (limit \"%s\")"
              .formatted(amount, rate.burst(), rate.id()));
    }
    if (limit instanceof ConcurrencyLimit calls && amount > calls.max()) {
      throw new IllegalArgumentException(
          "a cost of %d never fits into a concurrency of %d (limit \"%s\")"
              .formatted(amount, calls.max(), calls.id()));
    }
  }

  /** The limits charged. */
  public LimitSet limits() {
    return limits;
  }

  /** What is taken from the limit at a position of {@link #limits}. */
  public long amount(int index) {
    return amounts[index];
  }

  /** All amounts, in order; not to be changed. */
  long[] amounts() {
    return amounts;
  }
}
