// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Windows written out one by one, from a day of the month that some months lack. */
final class NaiveMonths implements Windows {

  private final long[] starts;

  private NaiveMonths(List<Long> starts) {
    this.starts = starts.stream().mapToLong(Long::longValue).toArray();
  }

  /**
   * From 2024 to 2036.
   *
   * @param day day of the month; the last one where a month has fewer
   */
  static NaiveMonths of(int day, ZoneId zone) {
    List<Long> starts = new ArrayList<>();
    for (YearMonth m = YearMonth.of(2024, 1); m.getYear() < 2037; m = m.plusMonths(1)) {
      LocalDateTime start = m.atDay(Math.min(day, m.lengthOfMonth())).atStartOfDay();
      starts.add(start.atZone(zone).toEpochSecond());
    }
    return new NaiveMonths(starts);
  }

  /** Local midnights from 2024 to 2036. */
  static NaiveMonths days(ZoneId zone) {
    List<Long> starts = new ArrayList<>();
    var day = Instant.parse("2024-01-01T12:00:00Z").atZone(zone).toLocalDate();
    for (; day.getYear() < 2037; day = day.plusDays(1)) {
      starts.add(day.atStartOfDay(zone).toEpochSecond());
    }
    return new NaiveMonths(starts);
  }

  @Override
  public Window at(long epochNanos) {
    int place = Arrays.binarySearch(starts, Math.floorDiv(epochNanos, 1_000_000_000L));
    int last = place >= 0 ? place : -place - 2;
    return new Window(starts[last], starts[last + 1]);
  }
}
