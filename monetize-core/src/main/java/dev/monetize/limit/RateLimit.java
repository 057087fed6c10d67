// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * So many permits per period, with a burst: a token bucket, kept as one theoretical arrival time
 * (GCRA, ITU-T I.371).
 *
 * <p>{@code 10/min} admits 10 calls at once and then one each 6 seconds, so that up to 19 may fall
 * into one minute. {@link #strict} never lets more than {@code permits} fall into any period: it
 * starts with a smaller burst (1 unless set) and spaces the rest.
 *
 * <p>Permits come back one each {@link #intervalNanos}. For a bucket that is {@code period /
 * permits}. For a strict limit it is {@code period / (permits - burst + 1)}, which is why no window
 * {@code [t, t + period)} sees more than {@code permits}: let the first permit in it be taken at
 * {@code s}. At most {@code burst} are there at {@code s}, and by {@code s + d} at most {@code d /
 * interval} have come back, so that at most {@code burst + floor(d / interval)} are taken in {@code
 * [s, s + d]}. Inside the window {@code d < period <= interval * (permits - burst + 1)}, so the
 * floor is at most {@code permits - burst}, and the sum at most {@code permits}.
 *
 * @param permits permits per period, at least 1 and at most one per 100 ns
 * @param period 1 ms to 366 days, in whole milliseconds
 * @param burst permits that may be taken at once; at most {@code permits} when strict
 * @param strict whether no period, wherever it starts, may see more than {@code permits}
 * @param pastQuota id of the window limit past whose included units this limit begins to hold, or
 *     null if it always does
 */
public record RateLimit(
    String id,
    long permits,
    Duration period,
    long burst,
    boolean strict,
    Scope scope,
    boolean shadow,
    @Nullable String pastQuota)
    implements Limit {

  /**
   * @throws IllegalArgumentException if a number is out of its bounds, a drained burst would need
   *     more than 36 years to come back, or the numbers are too odd to be kept exact (see {@link
   *     Gcra})
   */
  public RateLimit {
    LimitId.check(id);
    Objects.requireNonNull(period, "period");
    Objects.requireNonNull(scope, "scope");
    RateBounds.check(id, permits, period, burst, strict);
    Gcra.check(id, permits, period, burst, strict);
  }

  /** So many permits per period, burst as large, for the customer. */
  public static RateLimit of(String id, long permits, Duration period) {
    return new RateLimit(id, permits, period, permits, false, Scope.CUSTOMER, false, null);
  }

  /** The same limit with another burst. */
  public RateLimit withBurst(long burst) {
    return new RateLimit(id, permits, period, burst, strict, scope, shadow, pastQuota);
  }

  /** The same limit, never exceeded in any period: calls are spaced evenly, with a burst of 1. */
  public RateLimit asStrict() {
    return new RateLimit(id, permits, period, 1, true, scope, shadow, pastQuota);
  }

  /** The same limit for each key. */
  public RateLimit perKey() {
    return new RateLimit(id, permits, period, burst, strict, Scope.KEY, shadow, pastQuota);
  }

  /** The same limit, reporting only. */
  public RateLimit inShadow() {
    return new RateLimit(id, permits, period, burst, strict, scope, true, pastQuota);
  }

  /**
   * The same limit, neither held to nor charged before a quota is used up.
   *
   * @param quota id of a {@link WindowLimit} of the same scope in the same set
   */
  public RateLimit onlyPast(String quota) {
    return new RateLimit(id, permits, period, burst, strict, scope, shadow, quota);
  }

  /** Nanoseconds in which one permit comes back, rounded up. */
  public long intervalNanos() {
    return RateBounds.interval(permits, period, burst, strict);
  }

  /** Nanoseconds in which a drained burst comes back: {@code burst * intervalNanos}, below 2^60. */
  public long burstNanos() {
    return burst * intervalNanos();
  }
}
