// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;

/** {@code LAST}: the latest by time, among equal times by sequence. */
final class Latest extends Accumulator {

  private long time = Long.MIN_VALUE;
  private long sequence;
  private long value;

  @Override
  void add(long time, long sequence, long units) {
    if (time > this.time || (time == this.time && sequence > this.sequence)) {
      this.time = time;
      this.sequence = sequence;
      this.value = units;
    }
  }

  void merge(Latest other) {
    add(other.time, other.sequence, other.value);
  }

  Amount amount() {
    return Amount.exact(value);
  }

  @Override
  void write(SnapshotWriter to) throws IOException {
    to.signed(time);
    to.varint(sequence);
    to.varint(value);
  }

  @Override
  void read(SnapshotReader from) throws IOException {
    time = from.signed();
    sequence = from.count();
    value = from.count();
  }
}
