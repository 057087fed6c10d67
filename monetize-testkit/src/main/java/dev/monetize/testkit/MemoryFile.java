// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/**
 * The bytes of one file, three times: as processes see them, as they are on the disk for certain,
 * and as they may have got there already. The latter two are told apart by sectors, which are
 * written as a whole or not at all. Not thread-safe, but for the bytes that are seen.
 */
final class MemoryFile {

  static final int SECTOR = 512;

  private ByteBuffer seen;
  private ByteBuffer durable;
  private ByteBuffer writtenBack;
  private int length;
  private int durableLength;

  /** It was cut to nothing, and this is not durable yet: what it held may be there or not. */
  private boolean emptied;

  /** Sectors that a failed force let go of, and what they held; none before that happens. */
  private final BitSet lost = new BitSet();

  private ByteBuffer lostBytes = ByteBuffer.allocate(0);

  MemoryFile() {
    seen = direct(SECTOR);
    durable = ByteBuffer.allocate(SECTOR);
    writtenBack = ByteBuffer.allocate(SECTOR);
  }

  private static ByteBuffer direct(int capacity) {
    return ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** How far it reaches, as it is seen or on the disk. */
  int extent() {
    return Math.max(length, durableLength);
  }

  /** The bytes that are seen, of the present length. */
  ByteBuffer buffer() {
    return seen.slice(0, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Cuts it to nothing. */
  void empty() {
    emptied = length > 0 || durableLength > 0;
    seen = direct(seen.capacity());
    length = 0;
    lost.clear();
  }

  void append(byte[] bytes, int from, int count) {
    reserve(length + count);
    seen.put(length, bytes, from, count);
    lost.clear(length / SECTOR, sectors(length + count));
    length += count;
  }

  private void reserve(int size) {
    if (size > seen.capacity()) {
      int capacity = Math.max(sectors(size) * SECTOR, seen.capacity() * 2);
      seen = direct(capacity).put(0, seen, 0, seen.capacity());
      durable = ByteBuffer.allocate(capacity).put(0, durable, 0, durable.capacity());
      writtenBack = ByteBuffer.allocate(capacity).put(0, writtenBack, 0, writtenBack.capacity());
    }
  }

  private static int sectors(int bytes) {
    return (bytes + SECTOR - 1) / SECTOR;
  }

  /** Makes all of it durable, its length too. */
  void force() {
    force(0, extent(), false);
    durableLength = length;
    emptied = false;
  }

  /**
   * Makes sectors durable.
   *
   * @param half whether only the first half of them gets there, and the others are let go of
   */
  void force(int from, int count, boolean half) {
    int end = sectors(from + count);
    int middle = half ? from / SECTOR + (end - from / SECTOR) / 2 : end;
    for (int sector = unlike(from / SECTOR, middle); sector >= 0; ) {
      if (!isLost(sector)) {
        copy(seen, durable, sector);
        copy(seen, writtenBack, sector);
      }
      sector = unlike(sector + 1, middle);
    }
    loseSectors(middle, end);
  }

  /** Lets go of bytes: they are seen, but never get to the disk unless they are written again. */
  void lose(int from, int count) {
    loseSectors(from / SECTOR, sectors(from + count));
  }

  private void loseSectors(int first, int end) {
    for (int sector = unlike(first, end); sector >= 0; sector = unlike(sector + 1, end)) {
      if (lostBytes.capacity() < seen.capacity()) {
        lostBytes = ByteBuffer.allocate(seen.capacity()).put(0, lostBytes, 0, lostBytes.capacity());
      }
      lost.set(sector);
      copy(seen, lostBytes, sector);
      copy(durable, writtenBack, sector);
    }
  }

  private boolean isLost(int sector) {
    return lost.get(sector) && first(seen, lostBytes, sector, sector + 1) < 0;
  }

  /** Sectors that were lost are seen as they are on the disk, or are like those just written. */
  void forgetLost(RandomGenerator random) {
    for (int sector = lost.nextSetBit(0); sector >= 0; sector = lost.nextSetBit(sector + 1)) {
      if (isLost(sector) && random.nextBoolean()) {
        copy(durable, seen, sector);
      }
    }
    lost.clear();
  }

  /** Some of what was written gets to the disk, as it may at any time. */
  void writeBack(RandomGenerator random) {
    int end = sectors(length);
    for (int sector = unlike(0, end); sector >= 0; sector = unlike(sector + 1, end)) {
      if (random.nextBoolean() && !isLost(sector)) {
        copy(seen, writtenBack, sector);
      }
    }
  }

  /** Becomes what a power cut may leave. */
  void cut(PowerCut cut) {
    int end = sectors(extent());
    for (int sector = unlike(0, end); sector >= 0; sector = unlike(sector + 1, end)) {
      settle(sector, cut);
    }
    length = durableLength = cut.between(durableLength, length);
    zero(durable, length, durable.capacity());
    seen.put(0, durable, 0, durable.capacity());
    writtenBack.put(0, durable, 0, durable.capacity());
    lost.clear();
    emptied = false;
  }

  /** One that was never written on the disk is zeros there, so old is zero for it. */
  private void settle(int sector, PowerCut cut) {
    if (isLost(sector)) {
      return;
    }
    if (!cut.loses()) {
      copy(seen, durable, sector);
    } else if (emptied && cut.half()) {
      zero(durable, sector * SECTOR, (sector + 1) * SECTOR);
    } else if (cut.half()) {
      copy(writtenBack, durable, sector);
    }
  }

  /** The first sector of a range whose bytes are not durable, -1 if there is none. */
  private int unlike(int first, int end) {
    return first(seen, durable, first, end);
  }

  private static int first(ByteBuffer one, ByteBuffer other, int first, int end) {
    if (first >= end) {
      return -1;
    }
    one.limit(end * SECTOR).position(first * SECTOR);
    other.limit(end * SECTOR).position(first * SECTOR);
    int at = one.mismatch(other);
    one.clear();
    other.clear();
    return at < 0 ? -1 : first + at / SECTOR;
  }

  private static void copy(ByteBuffer from, ByteBuffer to, int sector) {
    to.put(sector * SECTOR, from, sector * SECTOR, SECTOR);
  }

  private static void zero(ByteBuffer bytes, int from, int end) {
    for (int at = from; at < end; at++) {
      bytes.put(at, (byte) 0);
    }
  }
}
