// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.util.Arrays;

/**
 * Sums by a moment (an hour, the start of a window), sorted. Fast where moments come in order. Sums
 * stay at {@link Long#MAX_VALUE} rather than turn negative. Not thread-safe.
 */
final class Series {

  private long[] moments = new long[4];
  private long[] sums = new long[4];
  private int size;

  boolean contains(long moment) {
    return find(moment) >= 0;
  }

  /** The sum at a moment, 0 if there is none. */
  long at(long moment) {
    int index = find(moment);
    return index < 0 ? 0 : sums[index];
  }

  /**
   * Adds units at a moment.
   *
   * @param before what a moment that is new begins with
   * @return whether the moment is new
   */
  boolean add(long moment, long units, long before) {
    int index = find(moment);
    if (index >= 0) {
      sums[index] = plus(sums[index], units);
      return false;
    }
    insert(-index - 1, moment, plus(before, units));
    return true;
  }

  /** Sum over moments of a range, its end not included. */
  long sum(long from, long to) {
    long sum = 0;
    for (int i = indexFrom(from); i < size && moments[i] < to; i++) {
      sum = plus(sum, sums[i]);
    }
    return sum;
  }

  /** Whether there is a moment in a range, its end not included. */
  boolean any(long from, long to) {
    int index = indexFrom(from);
    return index < size && moments[index] < to;
  }

  int size() {
    return size;
  }

  long moment(int index) {
    return moments[index];
  }

  /** Index of the first moment that is not before one. */
  int indexFrom(long moment) {
    int index = find(moment);
    return index < 0 ? -index - 1 : index;
  }

  /** Forgets moments before one, though never the last. */
  void dropBefore(long oldest) {
    drop(Math.min(indexFrom(oldest), size - 1));
  }

  /** Forgets moments before one, but for the last of those. */
  void dropBeforeLastOf(long oldest) {
    drop(indexFrom(oldest + 1) - 1);
  }

  private void drop(int drop) {
    if (drop > 0) {
      System.arraycopy(moments, drop, moments, 0, size - drop);
      System.arraycopy(sums, drop, sums, 0, size - drop);
      size -= drop;
    }
  }

  void write(SnapshotWriter to) throws IOException {
    to.varint(size);
    long previous = 0;
    for (int i = 0; i < size; i++) {
      to.signed(moments[i] - previous);
      to.varint(sums[i]);
      previous = moments[i];
    }
  }

  static Series read(SnapshotReader from) throws IOException {
    Series series = new Series();
    long moment = 0;
    for (long rest = from.count(); rest > 0; rest--) {
      long next = moment + from.signed();
      if (series.size > 0 && next <= moment) {
        throw new IOException("moment " + next + " does not follow " + moment);
      }
      moment = next;
      series.insert(series.size, moment, from.count());
    }
    return series;
  }

  private int find(long moment) {
    int last = size - 1;
    if (last >= 0 && moments[last] == moment) {
      return last;
    }
    return Arrays.binarySearch(moments, 0, size, moment);
  }

  private void insert(int index, long moment, long sum) {
    if (size == moments.length) {
      moments = Arrays.copyOf(moments, size * 2);
      sums = Arrays.copyOf(sums, size * 2);
    }
    System.arraycopy(moments, index, moments, index + 1, size - index);
    System.arraycopy(sums, index, sums, index + 1, size - index);
    moments[index] = moment;
    sums[index] = sum;
    size++;
  }

  static long plus(long sum, long units) {
    long result = sum + units;
    return result < 0 ? Long.MAX_VALUE : result;
  }
}
