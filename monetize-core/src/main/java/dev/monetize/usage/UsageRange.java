// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A range of time, divided into hours, days or months. The first and the last span are cut where
 * the range begins and ends.
 *
 * @param from where it begins
 * @param to where it ends, not included
 * @param zone whose days and months they are
 */
public record UsageRange(Instant from, Instant to, Granularity granularity, ZoneId zone) {

  /** Most spans of a range, about: no more than what would be so many of the shortest. */
  public static final int MOST_SPANS = 10_000;

  public UsageRange {
    Objects.requireNonNull(granularity, "granularity");
    Objects.requireNonNull(zone, "zone");
    if (to.isBefore(from)) {
      throw new IllegalArgumentException("to must not be before from, got " + from + " to " + to);
    }
    if (Duration.between(from, to).compareTo(granularity.shortest().multipliedBy(MOST_SPANS)) > 0) {
      throw new IllegalArgumentException(
          "a range must have at most "
              + MOST_SPANS
              + " spans, got each "
              + granularity
              + " from "
              + from
              + " to "
              + to);
    }
  }

  /** Moments that spans begin at, and the end of the last; empty where the range is. */
  List<Instant> bounds() {
    List<Instant> bounds = new ArrayList<>();
    for (Instant at = from; at.isBefore(to); at = granularity.endOf(at, zone)) {
      bounds.add(at);
    }
    if (!bounds.isEmpty()) {
      bounds.add(to);
    }
    return bounds;
  }

  /** A point for each span. */
  List<UsagePoint> points(Hours hours) {
    List<Instant> bounds = bounds();
    List<UsagePoint> points = new ArrayList<>();
    for (int i = 0; i + 1 < bounds.size(); i++) {
      Instant start = bounds.get(i);
      Instant end = bounds.get(i + 1);
      long first = i == 0 ? Ledger.hour(start) : Ledger.hourAtOrAfter(start);
      Amount amount = hours.amount(first, Ledger.hourAtOrAfter(end));
      points.add(new UsagePoint(start, end, amount.units(), amount.certainty()));
    }
    return points;
  }

  /** Tells what hours come to. */
  interface Hours {

    Amount amount(long from, long to);
  }
}
