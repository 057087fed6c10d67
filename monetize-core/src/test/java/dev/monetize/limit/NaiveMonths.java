// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** Windows written out one by one, from a day of the month that some months lack. */
final class NaiveMonths implements Windows {

  private final List<Long> starts = new ArrayList<>();
  private int last;

  /**
   * From 2024 to 2036.
   *
   * @param day day of the month; the last one where a month has fewer
   */
  static NaiveMonths of(int day, ZoneId zone) {
    var windows = new NaiveMonths();
    for (YearMonth m = YearMonth.of(2024, 1); m.getYear() < 2037; m = m.plusMonths(1)) {
      LocalDateTime start = m.atDay(Math.min(day, m.lengthOfMonth())).atStartOfDay();
      windows.starts.add(start.atZone(zone).toEpochSecond());
    }
    return windows;
  }

  /** Local midnights from 2024 to 2036. */
  static NaiveMonths days(ZoneId zone) {
    var windows = new NaiveMonths();
    var day = Instant.parse("2024-01-01T12:00:00Z").atZone(zone).toLocalDate();
    for (; day.getYear() < 2037; day = day.plusDays(1)) {
      windows.starts.add(day.atStartOfDay(zone).toEpochSecond());
    }
    return windows;
  }

  @Override
  public Window at(long epochNanos) {
    long second = Math.floorDiv(epochNanos, 1_000_000_000L);
    while (starts.get(last) > second) {
      last--;
    }
    while (starts.get(last + 1) <= second) {
      last++;
    }
    return new Window(starts.get(last), starts.get(last + 1));
  }
}
