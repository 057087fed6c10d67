// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;

/**
 * What measures come to, in an {@link Aggregation} other than {@code SUM}. The same measures make
 * the same state in whatever order they are added, and however they were divided before they were
 * merged. Not thread-safe.
 */
abstract sealed class Accumulator permits Single, Latest, Distinct, Gauge {

  private boolean partial;

  /** An empty one. */
  static Accumulator of(Aggregation aggregation) {
    return switch (aggregation) {
      case SUM -> throw new IllegalArgumentException("a sum is kept in a Series");
      case COUNT, MAX, MIN -> new Single(aggregation);
      case LAST -> new Latest();
      case UNIQUE -> new Distinct(Aggregation.MOST_VALUES);
      case TIME_WEIGHTED_SUM -> new Gauge();
    };
  }

  /**
   * Adds a measure.
   *
   * @param time nanoseconds since the epoch
   * @param sequence its event's place in the journal
   */
  abstract void add(long time, long sequence, long units);

  abstract void write(SnapshotWriter to) throws IOException;

  /** Takes what {@link #write} wrote, into an empty one. */
  abstract void read(SnapshotReader from) throws IOException;

  /** Measures of the same time were not added: those of before the meter had this aggregation. */
  void markPartial() {
    partial = true;
  }

  boolean partial() {
    return partial;
  }
}
