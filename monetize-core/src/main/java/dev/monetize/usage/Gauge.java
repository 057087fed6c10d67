// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.util.Arrays;

/**
 * {@code TIME_WEIGHTED_SUM}: from when on which value was held, within an hour. Beyond so many
 * times only the last is kept, which holds in the hours that follow.
 */
final class Gauge extends Accumulator {

  private long[] times = new long[2];
  private long[] sequences = new long[2];
  private long[] values = new long[2];
  private int size;
  private boolean exceeded;

  @Override
  void add(long time, long sequence, long units) {
    int index = index(time);
    if (index >= 0) {
      if (sequence > sequences[index]) {
        set(index, time, sequence, units);
      }
    } else if (exceeded) {
      if (index == -2) {
        set(0, time, sequence, units);
      }
    } else {
      insert(-index - 1, time, sequence, units);
    }
  }

  private int index(long time) {
    return size > 0 && time > times[size - 1]
        ? -size - 1
        : Arrays.binarySearch(times, 0, size, time);
  }

  private void set(int index, long time, long sequence, long units) {
    times[index] = time;
    sequences[index] = sequence;
    values[index] = units;
  }

  private void insert(int index, long time, long sequence, long units) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      sequences = Arrays.copyOf(sequences, size * 2);
      values = Arrays.copyOf(values, size * 2);
    }
    System.arraycopy(times, index, times, index + 1, size - index);
    System.arraycopy(sequences, index, sequences, index + 1, size - index);
    System.arraycopy(values, index, values, index + 1, size - index);
    set(index, time, sequence, units);
    size++;
    if (size > Aggregation.MOST_VALUES) {
      exceed();
    }
  }

  private void exceed() {
    int last = size - 1;
    times = new long[] {times[last]};
    sequences = new long[] {sequences[last]};
    values = new long[] {values[last]};
    size = 1;
    exceeded = true;
  }

  boolean exceeded() {
    return exceeded;
  }

  /** Lets each value be held from its time on, up to a moment. */
  void hold(Integral integral, long until) {
    for (int i = 0; i < size && times[i] < until; i++) {
      integral.advance(times[i]);
      integral.hold(values[i]);
    }
  }

  @Override
  void write(SnapshotWriter to) throws IOException {
    to.varint(exceeded ? 1 : 0);
    to.varint(size);
    long previous = 0;
    for (int i = 0; i < size; i++) {
      to.signed(times[i] - previous);
      to.varint(sequences[i]);
      to.varint(values[i]);
      previous = times[i];
    }
  }

  @Override
  void read(SnapshotReader from) throws IOException {
    boolean beyond = from.count() != 0;
    long time = 0;
    for (long rest = from.count(); rest > 0; rest--) {
      time += from.signed();
      add(time, from.count(), from.count());
    }
    exceeded |= beyond;
  }
}
