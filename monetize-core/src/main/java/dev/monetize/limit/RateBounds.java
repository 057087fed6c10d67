// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import java.time.Duration;
import java.util.function.Supplier;

/** Within which bounds the numbers of a rate limit must lie. */
final class RateBounds {

  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofDays(366);
  private static final int NANOS_PER_MILLI = 1_000_000;
  private static final long LEAST_NANOS_PER_PERMIT = 100;
  private static final long MOST_BURST_NANOS = (1L << 60) - 1;

  private RateBounds() {}

  static void check(String id, long permits, Duration period, long burst, boolean strict) {
    require(permits >= 1, id, () -> "permits must be at least 1, got " + permits);
    checkPeriod(id, period);
    require(burst >= 1, id, () -> "burst must be at least 1, got " + burst);
    require(
        !strict || burst <= permits,
        id,
        () ->
            "burst of a strict limit must be at most its %d permits, got %d"
                .formatted(permits, burst));
    require(
        permits <= period.toNanos() / LEAST_NANOS_PER_PERMIT,
        id,
        () -> "permits must be at most one per 100 ns, got %d per %s".formatted(permits, period));
    require(
        burst <= MOST_BURST_NANOS / interval(permits, period, burst, strict),
        id,
        () ->
            "a burst of %d at %d per %s would take more than 36 years to come back"
                .formatted(burst, permits, period));
  }

  private static void checkPeriod(String id, Duration period) {
    require(
        period.compareTo(SHORTEST) >= 0 && period.compareTo(LONGEST) <= 0,
        id,
        () -> "period must be 1 ms to 366 days, got " + period);
    require(
        period.toNanos() % NANOS_PER_MILLI == 0,
        id,
        () -> "period must be whole milliseconds, got " + period);
  }

  static long interval(long permits, Duration period, long burst, boolean strict) {
    long share = refilled(permits, burst, strict);
    return (period.toNanos() + share - 1) / share;
  }

  /** Permits that come back in one period. */
  static long refilled(long permits, long burst, boolean strict) {
    return strict ? permits - burst + 1 : permits;
  }

  static void require(boolean holds, String id, Supplier<String> message) {
    if (!holds) {
      throw new IllegalArgumentException(message.get() + " (limit \"" + id + "\")");
    }
  }
}
