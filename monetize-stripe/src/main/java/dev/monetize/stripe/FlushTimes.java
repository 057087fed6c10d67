// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * When use is cut into items: on the full hour of the clock, or each so many seconds. On the hour
 * it comes some seconds up to ten minutes late, each outbox at its own time, so that not all that
 * report to Stripe do it at once.
 */
final class FlushTimes {

  private static final long HOUR = 3600;
  private static final long SETTLE_SECONDS = 30;
  private static final int SPREAD_SECONDS = 570;

  private final long every;
  private final long late;

  FlushTimes(Duration every, UUID outbox) {
    this.every = every.toSeconds();
    boolean hourly = this.every % HOUR == 0;
    this.late = hourly ? SETTLE_SECONDS + Math.floorMod(outbox.hashCode(), SPREAD_SECONDS) : 0;
  }

  /**
   * Whether it is time.
   *
   * @param last when it was done last, in seconds since the epoch
   */
  boolean isDue(long last, Instant now) {
    return last < late + every * Math.floorDiv(now.getEpochSecond() - late, every);
  }

  /** Windows that begin before this second are cut; on the hour only hours that are over. */
  long before(Instant now) {
    return late == 0 ? Long.MAX_VALUE : HOUR * Math.floorDiv(now.getEpochSecond(), HOUR);
  }
}
