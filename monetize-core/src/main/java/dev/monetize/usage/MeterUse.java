// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What was counted in one meter, by the hour: the sums, and its own aggregation. Not thread-safe.
 */
final class MeterUse {

  private final Series sums;
  private final @Nullable HourBuckets buckets;

  MeterUse(Aggregation aggregation) {
    this(new Series(), fresh(aggregation));
  }

  private MeterUse(Series sums, @Nullable HourBuckets buckets) {
    this.sums = sums;
    this.buckets = buckets;
  }

  /** Adds a measure; whether its hour is new. */
  boolean add(long hour, long time, long sequence, long units) {
    boolean fresh = sums.add(hour, units, 0);
    if (buckets != null) {
      buckets.add(hour, fresh, time, sequence, units);
    }
    return fresh;
  }

  long sum(long from, long to) {
    return sums.sum(from, to);
  }

  /** What hours of a range come to; a value that is held is so until a time in nanoseconds. */
  Amount amount(long from, long to, long until) {
    if (buckets != null) {
      return buckets.amount(sums, from, to, until);
    }
    return sums.any(from, to) ? Amount.saturated(sums.sum(from, to)) : Amount.NOTHING;
  }

  /** Forgets hours before one; not the last of them where its value may still be held. */
  void dropBefore(long oldest) {
    if (buckets == null) {
      sums.dropBefore(oldest);
    } else if (buckets.aggregation() == Aggregation.TIME_WEIGHTED_SUM) {
      sums.dropBeforeLastOf(oldest);
      buckets.retain(sums);
    } else {
      sums.dropBefore(oldest);
      buckets.retain(sums);
    }
  }

  void write(SnapshotWriter to) throws IOException {
    to.string(aggregation().name());
    sums.write(to);
    if (buckets != null) {
      buckets.write(sums, to);
    }
  }

  /** The same in an aggregation; what was kept for another one is put away. */
  MeterUse in(Aggregation aggregation) {
    return aggregation == aggregation() ? this : new MeterUse(sums, fresh(aggregation));
  }

  private Aggregation aggregation() {
    return buckets == null ? Aggregation.SUM : buckets.aggregation();
  }

  private static @Nullable HourBuckets fresh(Aggregation aggregation) {
    return aggregation == Aggregation.SUM ? null : new HourBuckets(aggregation);
  }

  /** Reads one, to be in an aggregation. */
  static MeterUse read(SnapshotReader from, Aggregation aggregation) throws IOException {
    Aggregation written = Aggregation.valueOf(from.string());
    Series sums = Series.read(from);
    HourBuckets buckets = fresh(written);
    if (buckets != null) {
      buckets.read(sums, from);
    }
    return new MeterUse(sums, buckets).in(aggregation);
  }
}
