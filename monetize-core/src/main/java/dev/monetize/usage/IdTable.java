// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;

/**
 * Identities in memory, each with 32 bits that tell what was said under it: open addressing, from
 * 64 to 80 % full, which is at most 31.3 bytes for each. Not thread-safe.
 *
 * <p>An identity's low bits choose its place, and its high bits its order: so those that come in
 * order, from a snapshot, do not crowd together in a table that is still small.
 */
final class IdTable {

  /** Bytes of a place. */
  static final int PLACE = 20;

  private static final int FIRST = 16;

  private long[] keys = new long[2 * FIRST];
  private int[] checks = new int[FIRST];
  private int size;

  int size() {
    return size;
  }

  /** Bytes that its arrays take. */
  long bytes() {
    return (long) PLACE * checks.length;
  }

  /** The check of an identity, or -1 if it is not there. */
  long find(long high, long low) {
    int place = place(high, low);
    return isFree(place) ? -1 : checks[place] & 0xffffffffL;
  }

  /** Adds an identity unless it is there. */
  void add(long high, long low, int check) {
    if (size >= checks.length - checks.length / 5 - 1) {
      grow();
    }
    int place = place(high, low);
    if (isFree(place)) {
      keys[2 * place] = high;
      keys[2 * place + 1] = low;
      checks[place] = check;
      size++;
    }
  }

  void addAll(IdTable other) {
    for (int i = 0; i < other.checks.length; i++) {
      if (!other.isFree(i)) {
        add(other.keys[2 * i], other.keys[2 * i + 1], other.checks[i]);
      }
    }
  }

  /** Where an identity is, or would be. All bits 0 marks what is free: no hash is that. */
  private int place(long high, long low) {
    int place = scaled(low, checks.length);
    while (!isFree(place) && (keys[2 * place] != high || keys[2 * place + 1] != low)) {
      place = place + 1 == checks.length ? 0 : place + 1;
    }
    return place;
  }

  private boolean isFree(int place) {
    return (keys[2 * place] | keys[2 * place + 1]) == 0;
  }

  private void grow() {
    IdTable larger = new IdTable();
    int places = checks.length + checks.length / 4;
    larger.keys = new long[2 * places];
    larger.checks = new int[places];
    larger.addAll(this);
    keys = larger.keys;
    checks = larger.checks;
  }

  /** Calls for each identity in their order, high bits first, as unsigned numbers. */
  void forEachSorted(Each each) throws IOException {
    int[] next = starts();
    long[] sorted = new long[2 * size];
    int[] sortedChecks = new int[size];
    for (int i = 0; i < checks.length; i++) {
      if (!isFree(i)) {
        insert(i, next[scaled(keys[2 * i], size)]++, sorted, sortedChecks);
      }
    }
    for (int i = 0; i < size; i++) {
      each.id(sorted[2 * i], sorted[2 * i + 1], sortedChecks[i]);
    }
  }

  /** Where those with the same leading bits begin, in order. */
  private int[] starts() {
    int[] starts = new int[size + 1];
    for (int i = 0; i < checks.length; i++) {
      if (!isFree(i)) {
        starts[scaled(keys[2 * i], size) + 1]++;
      }
    }
    for (int i = 1; i < size; i++) {
      starts[i] += starts[i - 1];
    }
    return starts;
  }

  private void insert(int place, int end, long[] sorted, int[] sortedChecks) {
    long high = keys[2 * place];
    long low = keys[2 * place + 1];
    int at = end;
    while (at > 0 && less(high, low, sorted, at - 1)) {
      at--;
    }
    System.arraycopy(sorted, 2 * at, sorted, 2 * at + 2, 2 * (end - at));
    System.arraycopy(sortedChecks, at, sortedChecks, at + 1, end - at);
    sorted[2 * at] = high;
    sorted[2 * at + 1] = low;
    sortedChecks[at] = checks[place];
  }

  /** A number below {@code bound} that grows with the bits. */
  private static int scaled(long bits, int bound) {
    return (int) (((bits >>> 32) * bound) >>> 32);
  }

  private static boolean less(long high, long low, long[] sorted, int at) {
    int order = Long.compareUnsigned(high, sorted[2 * at]);
    return order < 0 || (order == 0 && Long.compareUnsigned(low, sorted[2 * at + 1]) < 0);
  }

  /** Takes identities. */
  @FunctionalInterface
  interface Each {

    void id(long high, long low, int check) throws IOException;
  }
}
