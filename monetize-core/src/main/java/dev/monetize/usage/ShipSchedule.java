// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.time.Duration;
import java.util.Objects;

/**
 * When a batch is cut for a sink: soon after its first event ({@link #within}), or by the clock
 * ({@link #onTheHour}, {@link #daily}).
 *
 * <p>However it is cut, a batch is held in memory: it ends early where its events take more than 16
 * MiB there. At a clean shutdown what waits is cut at once, whatever the schedule.
 */
public sealed interface ShipSchedule {

  /** 1,000 events or a second. */
  ShipSchedule DEFAULT = within(1000, Duration.ofSeconds(1));

  /** Events in a batch at most, 1 to 100,000. */
  int maxEvents();

  /** As soon as so many events wait, or the first of them has waited so long. */
  static ShipSchedule within(int maxEvents, Duration maxDelay) {
    return new Prompt(maxEvents, maxDelay);
  }

  /** Each full hour (UTC), in batches of at most 10,000 events; see {@link Aligned}. */
  static ShipSchedule onTheHour() {
    return new Aligned(10_000, Period.HOUR);
  }

  /** Each midnight (UTC), in batches of at most 10,000 events; see {@link Aligned}. */
  static ShipSchedule daily() {
    return new Aligned(10_000, Period.DAY);
  }

  /**
   * By size and delay.
   *
   * @param maxDelay how long an event waits at most, while deliveries succeed; above 0, at most a
   *     day
   */
  record Prompt(int maxEvents, Duration maxDelay) implements ShipSchedule {

    public Prompt {
      checkEvents(maxEvents);
      if (maxDelay.compareTo(Duration.ZERO) <= 0 || maxDelay.compareTo(Duration.ofDays(1)) > 0) {
        throw new IllegalArgumentException(
            "maxDelay must be above 0 and at most a day, got " + maxDelay);
      }
    }
  }

  /**
   * By the UTC clock.
   *
   * <p>All events of a batch were settled in one and the same period. A batch ends before the first
   * event, in the order of the journal, that was settled in another, and it is cut 5 s after the
   * end of its period. Calls that end together near the boundary may lie in the journal in another
   * order than they were settled in; the few that do are batches of their own.
   *
   * <p>A period with more than {@code maxEvents} has several batches, all of them cut after its
   * end. What waits since former periods, after the app was down, is cut period by period, the
   * oldest first. A shutdown delivers the period's events so far; the rest of it is another batch.
   * Where a clock that was wrong settled events in the future, they wait for a period at most.
   */
  record Aligned(int maxEvents, Period period) implements ShipSchedule {

    public Aligned {
      checkEvents(maxEvents);
      Objects.requireNonNull(period, "period");
    }
  }

  /** What a clock divides time into, in UTC, which has no summer time. */
  enum Period {
    /** From one full hour to the next. */
    HOUR(Duration.ofHours(1)),
    /** From one midnight to the next. */
    DAY(Duration.ofDays(1));

    private final Duration length;

    Period(Duration length) {
      this.length = length;
    }

    /** How long it is. */
    public Duration length() {
      return length;
    }
  }

  private static void checkEvents(int maxEvents) {
    if (maxEvents < 1 || maxEvents > 100_000) {
      throw new IllegalArgumentException("maxEvents must be 1 to 100000, got " + maxEvents);
    }
  }
}
