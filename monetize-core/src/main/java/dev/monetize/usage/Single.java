// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;

/** {@code COUNT}, {@code MAX} or {@code MIN}: one number. */
final class Single extends Accumulator {

  private final Aggregation aggregation;
  private boolean empty = true;
  private long value;

  Single(Aggregation aggregation) {
    this.aggregation = aggregation;
  }

  @Override
  void add(long time, long sequence, long units) {
    combine(aggregation == Aggregation.COUNT ? 1 : units);
  }

  void merge(Single other) {
    if (!other.empty) {
      combine(other.value);
    }
  }

  private void combine(long other) {
    if (aggregation == Aggregation.COUNT) {
      value = Series.plus(value, other);
    } else if (empty) {
      value = other;
    } else {
      value = aggregation == Aggregation.MAX ? Math.max(value, other) : Math.min(value, other);
    }
    empty = false;
  }

  Amount amount() {
    return empty ? Amount.NOTHING : Amount.exact(value);
  }

  @Override
  void write(SnapshotWriter to) throws IOException {
    to.varint(value);
  }

  @Override
  void read(SnapshotReader from) throws IOException {
    value = from.count();
    empty = false;
  }
}
