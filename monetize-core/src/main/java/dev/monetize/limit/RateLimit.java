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
 * @param permits permits per period, at least 1
 * @param period 1 ms to 366 days
 * @param burst permits that may be taken at once; at most {@code permits} when strict
 * @param strict whether no period, wherever it starts, may see more than {@code permits}
 * @param pastQuota id of the quota past which this limit begins to hold, or null if it always does
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

  public RateLimit {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(period, "period");
    Objects.requireNonNull(scope, "scope");
  }

  /** So many permits per period, burst as large, for the customer. */
  public static RateLimit of(String id, long permits, Duration period) {
    return new RateLimit(id, permits, period, permits, false, Scope.CUSTOMER, false, null);
  }
}
