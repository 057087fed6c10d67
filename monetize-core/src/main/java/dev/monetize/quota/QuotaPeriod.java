// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.quota;

import dev.monetize.limit.Windows;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The windows a quota is counted in: so many hours, days, weeks, months or years.
 *
 * <p>Windows follow each other without a gap and cover all time, before the anchor too. Each begins
 * so many units after the anchor itself, not after its neighbour: anchored at January 31, a month
 * begins at February 28 and the next at March 31. A start that the zone's clocks skip lies at the
 * moment they skip it; of two equal local times it is the one with the anchor's offset. Hours are
 * elapsed hours, whatever the clocks do.
 *
 * <p>On the calendar, windows of several days, months or years are counted from January 1, 1970,
 * windows of several weeks from Monday, January 5, 1970, and hours from the epoch.
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
   * @param anchor the subscription's billing anchor, of which a fraction of a second is dropped, or
   *     null where it has none
   */
  public Windows windows(@Nullable Instant anchor) {
    return start == Start.CALENDAR || anchor == null
        ? PeriodWindows.onCalendar(this)
        : PeriodWindows.from(anchor, this);
  }

  /** As it stands in a quota's id: {@code month}, {@code 7day@Europe/Berlin:calendar}. */
  @Override
  public String toString() {
    return (count == 1 ? "" : count)
        + unit.name().toLowerCase(Locale.ROOT)
        + (zone.normalized().equals(ZoneOffset.UTC) ? "" : "@" + zone.getId())
        + (start == Start.CALENDAR ? ":calendar" : "");
  }
}
