// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The hours of a meter in an aggregation other than {@code SUM}. Not thread-safe. */
final class HourBuckets {

  private final Aggregation aggregation;
  private final Map<Long, Accumulator> buckets = new HashMap<>();
  private long latestHour;
  private @Nullable Accumulator latest;

  HourBuckets(Aggregation aggregation) {
    this.aggregation = aggregation;
  }

  Aggregation aggregation() {
    return aggregation;
  }

  /**
   * Adds a measure.
   *
   * @param fresh whether the hour had none before, here or in a former aggregation
   */
  void add(long hour, boolean fresh, long time, long sequence, long units) {
    Accumulator bucket = latest;
    if (bucket == null || hour != latestHour) {
      bucket = buckets.get(hour);
      if (bucket == null) {
        bucket = Accumulator.of(aggregation);
        if (!fresh) {
          bucket.markPartial();
        }
        buckets.put(hour, bucket);
      }
      latest = bucket;
      latestHour = hour;
    }
    bucket.add(time, sequence, units);
  }

  /** Forgets the hours that are in no series. */
  void retain(Series hours) {
    if (buckets.keySet().removeIf(hour -> !hours.contains(hour))) {
      latest = null;
    }
  }

  /**
   * What hours of a range come to.
   *
   * @param hours all hours that anything was counted in
   * @param until when what is held ends, in nanoseconds
   */
  Amount amount(Series hours, long from, long to, long until) {
    if (aggregation == Aggregation.TIME_WEIGHTED_SUM) {
      return held(hours, from, Math.min(until, Ledger.startOf(to)));
    }
    List<Accumulator> parts = new ArrayList<>();
    boolean whole = true;
    for (int i = hours.indexFrom(from); i < hours.size() && hours.moment(i) < to; i++) {
      Accumulator bucket = buckets.get(hours.moment(i));
      whole &= bucket != null && !bucket.partial();
      if (bucket != null) {
        parts.add(bucket);
      }
    }
    return whole ? combine(parts) : leastOf(parts);
  }

  /** What can be said where some measures are missing. */
  private Amount leastOf(List<Accumulator> parts) {
    return switch (aggregation) {
      case COUNT, MAX, UNIQUE -> Amount.atLeast(combine(parts).units());
      case SUM, MIN, LAST, TIME_WEIGHTED_SUM -> Amount.atLeast(0);
    };
  }

  private Amount combine(List<Accumulator> parts) {
    if (parts.isEmpty()) {
      return Amount.NOTHING;
    }
    return switch (aggregation) {
      case SUM, TIME_WEIGHTED_SUM -> throw new IllegalStateException("not combined here");
      case COUNT, MAX, MIN -> {
        Single all = new Single(aggregation);
        parts.forEach(part -> all.merge((Single) part));
        yield all.amount();
      }
      case LAST -> {
        Latest all = new Latest();
        parts.forEach(part -> all.merge((Latest) part));
        yield all.amount();
      }
      case UNIQUE -> Distinct.union(parts.stream().map(Distinct.class::cast).toList());
    };
  }

  /** Begins with the hour before the range, whose last value may hold into it. */
  private Amount held(Series hours, long from, long end) {
    Integral integral = new Integral(Ledger.startOf(from));
    for (int i = Math.max(0, hours.indexFrom(from) - 1); i < hours.size(); i++) {
      long hour = hours.moment(i);
      if (Ledger.startOf(hour) >= end) {
        break;
      }
      Gauge gauge = (Gauge) buckets.get(hour);
      if (gauge == null || gauge.partial()) {
        long next = i + 1 < hours.size() ? Ledger.startOf(hours.moment(i + 1)) : end;
        integral.advance(Ledger.startOf(hour));
        integral.skip(Math.min(end, next));
      } else {
        if (gauge.exceeded()) {
          integral.advance(Ledger.startOf(hour));
          integral.skip(Math.min(end, Ledger.startOf(hour + 1)));
        }
        gauge.hold(integral, end);
      }
    }
    integral.advance(end);
    return integral.amount();
  }

  /** Writes a bucket for each hour there is, or that there is none. */
  void write(Series hours, SnapshotWriter to) throws IOException {
    for (int i = 0; i < hours.size(); i++) {
      Accumulator bucket = buckets.get(hours.moment(i));
      to.varint(bucket == null ? 0 : bucket.partial() ? 2 : 1);
      if (bucket != null) {
        bucket.write(to);
      }
    }
  }

  void read(Series hours, SnapshotReader from) throws IOException {
    for (int i = 0; i < hours.size(); i++) {
      long kind = from.count();
      if (kind != 0) {
        Accumulator bucket = Accumulator.of(aggregation);
        bucket.read(from);
        if (kind == 2) {
          bucket.markPartial();
        }
        buckets.put(hours.moment(i), bucket);
      }
    }
  }
}
