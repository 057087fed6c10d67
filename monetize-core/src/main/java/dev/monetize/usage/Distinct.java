// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.util.Arrays;

/**
 * {@code UNIQUE}: the values themselves up to so many, and beyond that only that there are more.
 */
final class Distinct extends Accumulator {

  /** Marks a free slot; units are never negative. */
  private static final long FREE = -1;

  private final int most;
  private long[] slots = free(8);
  private int size;

  /** A number that there are more values than, once they are not kept any more. */
  private long exceeded;

  Distinct(int most) {
    this.most = most;
  }

  private static long[] free(int size) {
    long[] slots = new long[size];
    Arrays.fill(slots, FREE);
    return slots;
  }

  @Override
  void add(long time, long sequence, long units) {
    if (exceeded > 0 || !put(slots, units)) {
      return;
    }
    size++;
    if (size > most) {
      slots = free(1);
      size = 0;
      exceeded = most;
    } else if (size * 3L > slots.length * 2L) {
      grow();
    }
  }

  /** Adds the values of another to this one, which keeps what it has though the other exceeds. */
  static Amount union(Iterable<Distinct> all) {
    Distinct union = new Distinct(Integer.MAX_VALUE - 1);
    long exceeded = 0;
    for (Distinct one : all) {
      exceeded = Math.max(exceeded, one.exceeded);
      for (long value : one.slots) {
        if (value != FREE) {
          union.add(0, 0, value);
        }
      }
    }
    return exceeded > 0
        ? Amount.atLeast(Math.max(exceeded + 1, union.size))
        : Amount.exact(union.size);
  }

  private void grow() {
    long[] larger = free(slots.length * 2);
    for (long value : slots) {
      if (value != FREE) {
        put(larger, value);
      }
    }
    slots = larger;
  }

  private static boolean put(long[] slots, long value) {
    int mask = slots.length - 1;
    long mixed = value * 0x9e3779b97f4a7c15L;
    int slot = (int) (mixed >>> 32) & mask;
    while (slots[slot] != FREE) {
      if (slots[slot] == value) {
        return false;
      }
      slot = (slot + 1) & mask;
    }
    slots[slot] = value;
    return true;
  }

  @Override
  void write(SnapshotWriter to) throws IOException {
    to.varint(exceeded);
    to.varint(size);
    long[] sorted = Arrays.stream(slots).filter(value -> value != FREE).sorted().toArray();
    long previous = 0;
    for (long value : sorted) {
      to.varint(value - previous);
      previous = value;
    }
  }

  @Override
  void read(SnapshotReader from) throws IOException {
    long beyond = from.count();
    long value = 0;
    for (long rest = from.count(); rest > 0; rest--) {
      value = Math.addExact(value, from.count());
      add(0, 0, value);
    }
    exceeded = Math.max(exceeded, beyond);
  }
}
