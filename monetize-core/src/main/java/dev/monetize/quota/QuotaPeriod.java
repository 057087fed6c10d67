// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.quota;

import dev.monetize.limit.Windows;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The windows a quota is counted in: so many hours, days, weeks, months or years.
 *
 * @param count units of time a window is long, at least 1
 * @param zone whose midnight a calendar window begins at; an anchored one keeps the anchor's local
 *     time in it
 */
public record QuotaPeriod(int count, Unit unit, Start start, ZoneId zone) {

  /** A unit of time. */
  public enum Unit {
    HOUR,
    DAY,
    WEEK,
    MONTH,
    YEAR
  }

  /** Where windows begin. */
  public enum Start {
    /** On the subscription's billing anchor where it has one, else on the calendar: the default. */
    SUBSCRIPTION,
    /** On the calendar: the first of the month, Monday, midnight, the full hour. */
    CALENDAR
  }

  public QuotaPeriod {
    Objects.requireNonNull(unit, "unit");
    Objects.requireNonNull(start, "start");
    Objects.requireNonNull(zone, "zone");
    if (count < 1 || count > 1000) {
      throw new IllegalArgumentException("period count must be 1 to 1000, got " + count);
    }
  }

  /** One unit of time, by the subscription's anchor or the UTC calendar. */
  public static QuotaPeriod of(Unit unit) {
    return new QuotaPeriod(1, unit, Start.SUBSCRIPTION, ZoneOffset.UTC);
  }

  /**
   * The windows of a caller.
   *
   * @param anchor the subscription's billing anchor, or null where it has none
   */
  public Windows windows(@Nullable Instant anchor) {
    throw new UnsupportedOperationException("helper A");
  }
}
