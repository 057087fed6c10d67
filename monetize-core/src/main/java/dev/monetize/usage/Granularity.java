// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;

/** How long the spans are that usage is told of. */
public enum Granularity {
  /** Full hours of UTC. */
  HOUR(Duration.ofHours(1)),
  /** From midnight to midnight, whatever the clocks do between. */
  DAY(Duration.ofHours(23)),
  /** From the first of the month. */
  MONTH(Duration.ofDays(27));

  private final Duration shortest;

  Granularity(Duration shortest) {
    this.shortest = shortest;
  }

  Duration shortest() {
    return shortest;
  }

  /** When the span that contains a moment ends. */
  Instant endOf(Instant moment, ZoneId zone) {
    LocalDate day = moment.atZone(zone).toLocalDate();
    return switch (this) {
      case HOUR -> moment.truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS);
      case DAY -> day.plusDays(1).atStartOfDay(zone).toInstant();
      case MONTH -> day.withDayOfMonth(1).plusMonths(1).atStartOfDay(zone).toInstant();
    };
  }
}
