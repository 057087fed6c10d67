// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Identities in memory, each with 32 bits that tell what was said under it: open addressing, from
 * 68 to 85 % full, which is at most 30.9 bytes for each. Not thread-safe.
 *
 * <p>Beside each place is a byte, 7 bits of what is in it, and eight of them are looked at in one
 * step: so whoever asks for an identity that is new, as most are, hardly ever comes near the keys,
 * which no processor's cache holds. (After Kulukundis, "Designing a Fast, Efficient, Cache-friendly
 * Hash Table", CppCon 2017.)
 *
 * <p>An identity's low bits choose its place, and its high bits its order: so those that come in
 * order, from a snapshot, do not crowd together in a table that is still small.
 */
final class IdTable {

  /** Bytes of a place: the identity, the check, and the tag. */
  private static final int PLACE = 16 + 4 + 1;

  private static final int FIRST = 16;
  private static final int GROUP = 8;
  private static final long EACH = 0x0101010101010101L;
  private static final long TOPS = 0x8080808080808080L;
  private static final VarHandle GROUPS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private int places;
  private long[] keys;
  private int[] checks;

  /** 0 of what is free, else with the top bit set; the first ones again behind the last. */
  private byte[] tags;

  private int size;

  IdTable() {
    this(FIRST);
  }

  private IdTable(int places) {
    this.places = places;
    keys = new long[2 * places];
    checks = new int[places];
    tags = new byte[places + GROUP - 1];
  }

  int size() {
    return size;
  }

  /** Bytes that its arrays take. */
  long bytes() {
    return (long) PLACE * places + GROUP - 1;
  }

  /** The check of an identity, or -1 if it is not there. */
  long find(long high, long low) {
    int place = place(high, low);
    return place < 0 ? -1 : checks[place] & 0xffffffffL;
  }

  /** Adds an identity unless it is there. */
  void add(long high, long low, int check) {
    if (size >= places - places * 3L / 20 - 1) {
      grow();
    }
    int free = ~place(high, low);
    if (free >= 0) {
      keys[2 * free] = high;
      keys[2 * free + 1] = low;
      checks[free] = check;
      tags[free] = tag(low);
      if (free < GROUP - 1) {
        tags[places + free] = tag(low);
      }
      size++;
    }
  }

  void addAll(IdTable other) {
    for (int i = 0; i < other.places; i++) {
      if (!other.isFree(i)) {
        add(other.keys[2 * i], other.keys[2 * i + 1], other.checks[i]);
      }
    }
  }

  /** Where an identity is, or the complement of where it would be. */
  private int place(long high, long low) {
    long wanted = (tag(low) & 0xffL) * EACH;
    int first = scaled(low, places);
    while (true) {
      long group = (long) GROUPS.get(tags, first);
      for (long rest = zeros(group ^ wanted); rest != 0; rest &= rest - 1) {
        int place = within(first, rest);
        if (keys[2 * place] == high && keys[2 * place + 1] == low) {
          return place;
        }
      }
      long free = ~group & TOPS;
      if (free != 0) {
        return ~within(first, free);
      }
      first = first + GROUP >= places ? first + GROUP - places : first + GROUP;
    }
  }

  /** The place of the first byte that is marked, in a group. */
  private int within(int first, long marks) {
    int place = first + (Long.numberOfTrailingZeros(marks) >>> 3);
    return place >= places ? place - places : place;
  }

  /** The top bit of each byte that is 0; of one above such a byte it may be set too. */
  private static long zeros(long bytes) {
    return (bytes - EACH) & ~bytes & TOPS;
  }

  /** Of bits that do not choose the place. */
  private static byte tag(long low) {
    return (byte) (low | 0x80);
  }

  private boolean isFree(int place) {
    return tags[place] == 0;
  }

  private void grow() {
    IdTable larger = new IdTable(places + places / 4);
    larger.addAll(this);
    places = larger.places;
    keys = larger.keys;
    checks = larger.checks;
    tags = larger.tags;
  }

  /** Calls for each identity in their order, high bits first, as unsigned numbers. */
  void forEachSorted(Each each) throws IOException {
    int[] next = starts();
    long[] sorted = new long[2 * size];
    int[] sortedChecks = new int[size];
    for (int i = 0; i < places; i++) {
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
    for (int i = 0; i < places; i++) {
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
