// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import java.time.Duration;

/**
 * The arithmetic of a {@link RateLimit}, exact: pure functions on whole numbers below 2^53, so that
 * the same steps in doubles (a Redis script) give the same results bit for bit.
 *
 * <p>Time is counted in a unit of 1 µs, or 1 ms where the numbers would grow too large. With {@code
 * R} permits per {@code P} units and {@code g = gcd(R, P)}, a permit takes {@code step / parts}
 * units, where {@code step = P / g} and {@code parts = R / g}. The theoretical arrival time is kept
 * as whole units and a remainder in {@code parts}-ths of a unit:
 *
 * <pre>{@code
 * x = cost * step + part;  time += x div parts;  part = x mod parts
 * }</pre>
 *
 * <p>A call fits if the time after it lies at most {@code burst * step / parts} units ahead of now.
 * Since {@code burst * step + parts <= 2^53}, no value on the way is larger.
 *
 * @param unitNanos nanoseconds in a unit of time: 1,000 or 1,000,000
 * @param step see above
 * @param parts see above
 * @param burst permits that may be taken at once
 */
public record Gcra(long unitNanos, long step, long parts, long burst) {

  private static final long MICRO = 1_000;
  private static final long MILLI = 1_000_000;
  private static final long LARGEST = 1L << 53;

  /**
   * A theoretical arrival time: {@code time + part / parts} units since the epoch.
   *
   * @param time whole units
   * @param part the rest, at least 0 and below {@link Gcra#parts}
   */
  public record Arrival(long time, long part) {

    /** Nothing was ever taken. */
    public static final Arrival FRESH = new Arrival(0, 0);
  }

  /** The arithmetic of a limit. */
  public static Gcra of(RateLimit limit) {
    long share = RateBounds.refilled(limit.permits(), limit.burst(), limit.strict());
    Gcra micros = reduced(MICRO, share, limit.period(), limit.burst());
    return micros.exact() ? micros : reduced(MILLI, share, limit.period(), limit.burst());
  }

  static void check(String id, long permits, Duration period, long burst, boolean strict) {
    long share = RateBounds.refilled(permits, burst, strict);
    RateBounds.require(
        reduced(MICRO, share, period, burst).exact()
            || reduced(MILLI, share, period, burst).exact(),
        id,
        () ->
            "%d permits per %s with a burst of %d are no exact count; make it smaller or rounder"
                .formatted(permits, period, burst));
  }

  private static Gcra reduced(long unitNanos, long share, Duration period, long burst) {
    long units = period.toNanos() / unitNanos;
    long divisor = gcd(share, units);
    return new Gcra(unitNanos, units / divisor, share / divisor, burst);
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  private boolean exact() {
    return parts <= LARGEST && step <= (LARGEST - parts) / burst;
  }

  /** A moment in the unit of time, rounded down. */
  public long units(long epochNanos) {
    return Math.floorDiv(epochNanos, unitNanos);
  }

  /**
   * An arrival time as it counts at a moment: never before it, and never more than a burst after
   * it, which heals a clock that stepped back.
   */
  public Arrival at(Arrival arrival, long now) {
    if (arrival.time() < now) {
      return new Arrival(now, 0);
    }
    return excess(arrival, now) > 0 ? new Arrival(now + wholeBurst(), partBurst()) : arrival;
  }

  /** The arrival time after a cost was taken. */
  public Arrival after(Arrival arrival, long cost, long now) {
    Arrival base = at(arrival, now);
    long x = cost * step + base.part();
    return new Arrival(base.time() + x / parts, x % parts);
  }

  /** Units to wait until a cost fits, rounded up; 0 if it fits now. */
  public long delay(Arrival arrival, long cost, long now) {
    return excess(after(arrival, cost, now), now);
  }

  /** Permits that fit now. */
  public long remaining(Arrival arrival, long now) {
    Arrival base = at(arrival, now);
    return (burst * step - (base.time() - now) * parts - base.part()) / step;
  }

  private long excess(Arrival arrival, long now) {
    long whole = arrival.time() - now - wholeBurst();
    return Math.max(0, arrival.part() > partBurst() ? whole + 1 : whole);
  }

  private long wholeBurst() {
    return burst * step / parts;
  }

  private long partBurst() {
    return burst * step % parts;
  }
}
