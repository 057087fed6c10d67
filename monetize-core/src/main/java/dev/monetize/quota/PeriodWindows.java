// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.quota;

import dev.monetize.limit.Window;
import dev.monetize.limit.Windows;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Numbered windows; the last one asked for is remembered, so that most calls cost a comparison. */
abstract class PeriodWindows implements Windows {

  private static final long SECOND = 1_000_000_000L;
  private static final LocalDateTime FIRST_DAY = LocalDateTime.of(1970, 1, 1, 0, 0);
  private static final LocalDateTime FIRST_MONDAY = LocalDateTime.of(1970, 1, 5, 0, 0);

  private volatile @Nullable Window last;

  static Windows onCalendar(QuotaPeriod period) {
    return switch (period.unit()) {
      case HOUR -> new HourWindows(0, period.count());
      case WEEK -> new DateWindows(FIRST_MONDAY, period, null);
      case DAY, MONTH, YEAR -> new DateWindows(FIRST_DAY, period, null);
    };
  }

  static Windows from(Instant anchor, QuotaPeriod period) {
    Instant second = anchor.truncatedTo(ChronoUnit.SECONDS);
    if (period.unit() == QuotaPeriod.Unit.HOUR) {
      return new HourWindows(second.getEpochSecond(), period.count());
    }
    var local = second.atZone(period.zone());
    return new DateWindows(local.toLocalDateTime(), period, local.getOffset());
  }

  /** First second of a window; does not fall as the number grows. */
  abstract long start(long number);

  /** The number of the window that contains a second, or one near it. */
  abstract long guess(long second);

  @Override
  public final Window at(long epochNanos) {
    Window known = last;
    if (known != null && known.contains(epochNanos)) {
      return known;
    }
    Window found = find(Math.floorDiv(epochNanos, SECOND));
    last = found;
    return found;
  }

  private Window find(long second) {
    long number = guess(second);
    while (start(number) > second) {
      number--;
    }
    while (start(number + 1) <= second) {
      number++;
    }
    return new Window(start(number), start(number + 1));
  }
}
