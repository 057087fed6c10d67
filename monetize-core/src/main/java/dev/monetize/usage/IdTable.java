// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;

/**
 * Identities in memory, each with 32 bits that tell what was said under it: open addressing, from
 * 72 to 90 % full, which is at most 27.8 bytes for each. Not thread-safe.
 *
 * <p>The place of an identity grows with the identity, so that the table is nearly sorted.
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
    if (size >= checks.length - checks.length / 10 - 1) {
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
    int place = (int) (((high >>> 32) * checks.length) >>> 32);
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
    long[] sorted = new long[2 * size];
    int[] sortedChecks = new int[size];
    int count = 0;
    for (int i = 0; i < checks.length; i++) {
      if (!isFree(i)) {
        int at = count++;
        while (at > 0 && less(keys[2 * i], keys[2 * i + 1], sorted, at - 1)) {
          at--;
        }
        System.arraycopy(sorted, 2 * at, sorted, 2 * at + 2, 2 * (count - 1 - at));
        System.arraycopy(sortedChecks, at, sortedChecks, at + 1, count - 1 - at);
        sorted[2 * at] = keys[2 * i];
        sorted[2 * at + 1] = keys[2 * i + 1];
        sortedChecks[at] = checks[i];
      }
    }
    for (int i = 0; i < size; i++) {
      each.id(sorted[2 * i], sorted[2 * i + 1], sortedChecks[i]);
    }
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
