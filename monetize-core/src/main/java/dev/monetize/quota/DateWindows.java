// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.quota;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import org.jspecify.annotations.Nullable;

/** Windows of days, weeks, months or years, by the local time of a zone. */
final class DateWindows extends PeriodWindows {

  private final LocalDateTime origin;
  private final ChronoUnit unit;
  private final int count;
  private final ZoneId zone;
  private final @Nullable ZoneOffset offset;

  /**
   * @param offset which of two equal local times a window begins at, if valid there; else the
   *     earlier one
   */
  DateWindows(LocalDateTime origin, QuotaPeriod period, @Nullable ZoneOffset offset) {
    this.origin = origin;
    this.unit = unit(period.unit());
    this.count = period.count();
    this.zone = period.zone();
    this.offset = offset;
  }

  private static ChronoUnit unit(QuotaPeriod.Unit unit) {
    return switch (unit) {
      case HOUR -> ChronoUnit.HOURS;
      case DAY -> ChronoUnit.DAYS;
      case WEEK -> ChronoUnit.WEEKS;
      case MONTH -> ChronoUnit.MONTHS;
      case YEAR -> ChronoUnit.YEARS;
    };
  }

  @Override
  long start(long number) {
    LocalDateTime local = origin.plus(number * count, unit);
    ZoneOffsetTransition change = zone.getRules().getTransition(local);
    return change != null && change.isGap()
        ? change.toEpochSecond()
        : ZonedDateTime.ofLocal(local, zone, offset).toEpochSecond();
  }

  @Override
  long guess(long second) {
    LocalDateTime local = LocalDateTime.ofInstant(Instant.ofEpochSecond(second), zone);
    return Math.floorDiv(unit.between(origin, local), count);
  }
}
