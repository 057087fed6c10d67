// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.time.Duration;

/**
 * When a batch is cut: as soon as so many events wait, or the first of them has waited so long.
 *
 * @param maxEvents events in a batch at most, 1 to 100,000; they are held in memory
 * @param maxDelay how long an event waits at most, while deliveries succeed; above 0, at most a day
 */
public record ShipSchedule(int maxEvents, Duration maxDelay) {

  /** 1,000 events or a second. */
  public static final ShipSchedule DEFAULT = new ShipSchedule(1000, Duration.ofSeconds(1));

  private static final int MAX_EVENTS = 100_000;

  public ShipSchedule {
    if (maxEvents < 1 || maxEvents > MAX_EVENTS) {
      throw new IllegalArgumentException("maxEvents must be 1 to 100000, got " + maxEvents);
    }
    if (maxDelay.compareTo(Duration.ZERO) <= 0 || maxDelay.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          "maxDelay must be above 0 and at most a day, got " + maxDelay);
    }
  }
}
