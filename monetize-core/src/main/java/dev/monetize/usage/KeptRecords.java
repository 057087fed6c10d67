// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.util.ArrayDeque;

/**
 * The records that are not durable yet, once more in memory: what a file holds after a failed fsync
 * is not to be trusted. Arrays are used again; there are as many as the time between two fsyncs
 * needs, up to a bound. Not thread-safe.
 */
final class KeptRecords {

  /** Room for about 50,000 events. */
  static final int MOST_BYTES = 8 << 20;

  private static final int CHUNK = 128 << 10; // any record fits
  private static final int IDLE_CHUNKS = 4;

  private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
  private final ArrayDeque<Chunk> free = new ArrayDeque<>();
  private final int mostChunks;
  private long lastMissed;

  private static final class Chunk {

    private final byte[] bytes = new byte[CHUNK];
    private int used;
    private int onDisk;
    private long last;
  }

  /** Takes a record, which the frame holds again meanwhile. */
  @FunctionalInterface
  interface Each {

    void record(long sequence);
  }

  KeptRecords(int mostBytes) {
    this.mostChunks = mostBytes / CHUNK;
  }

  /** Keeps the frame's record, if there is room. */
  void add(RecordFrame frame, long sequence) {
    Chunk chunk = chunks.peekLast();
    if (chunk == null || chunk.used + frame.size() > CHUNK) {
      if (chunks.size() == mostChunks) {
        lastMissed = sequence;
        return;
      }
      chunk = free.isEmpty() ? new Chunk() : free.remove();
      chunks.add(chunk);
    }
    chunk.used += frame.copyTo(chunk.bytes, chunk.used);
    chunk.onDisk += frame.size();
    chunk.last = sequence;
  }

  /** Forgets what is durable. */
  void synced(long sequence) {
    Chunk first = chunks.peekFirst();
    while (first != null && first.last <= sequence) {
      chunks.remove();
      if (free.size() < IDLE_CHUNKS) {
        first.used = 0;
        first.onDisk = 0;
        free.add(first);
      }
      first = chunks.peekFirst();
    }
  }

  /** Whether every record behind a sequence is here. */
  boolean completeBehind(long sequence) {
    return lastMissed <= sequence;
  }

  /** Bytes that they take on disk, at most. */
  int bytes() {
    int bytes = 0;
    for (Chunk chunk : chunks) {
      bytes += chunk.onDisk;
    }
    return bytes;
  }

  /** Puts each record behind a sequence back into a frame, in their order. */
  void forEachBehind(long sequence, RecordFrame frame, Each each) {
    for (Chunk chunk : chunks) {
      int at = 0;
      while (at < chunk.used) {
        at += frame.takeCopy(chunk.bytes, at);
        if (frame.sequence() > sequence) {
          each.record(frame.sequence());
        }
      }
    }
  }
}
