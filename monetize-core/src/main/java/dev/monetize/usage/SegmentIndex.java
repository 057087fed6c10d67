// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** Which segment holds which sequences. Thread-safe. */
final class SegmentIndex {

  private final ConcurrentSkipListMap<Long, String> files = new ConcurrentSkipListMap<>();
  private final AtomicLong changes = new AtomicLong();

  SegmentIndex(NavigableMap<Long, String> bases) {
    files.putAll(bases);
  }

  void add(long base, String name) {
    files.put(base, name);
    changes.incrementAndGet();
  }

  /** How often it was changed: while it is the same, so are the answers. */
  long changes() {
    return changes.get();
  }

  /** Records from this one on are in another segment now. */
  void replaceBehind(long base, String name) {
    files.tailMap(base).clear();
    add(base, name);
  }

  /** The first sequence that is held, {@link Long#MAX_VALUE} if there is none. */
  long first() {
    return after(0);
  }

  /** The first sequence of the next segment, {@link Long#MAX_VALUE} if there is none. */
  long after(long base) {
    Long next = files.higherKey(base);
    return next == null ? Long.MAX_VALUE : next;
  }

  /** Segments by the sequence of their first record, as they are now. */
  NavigableMap<Long, String> all() {
    TreeMap<Long, String> all = new TreeMap<>();
    files.forEach(
        all::put); // not its copying constructor: that fails when a segment goes meanwhile
    return all;
  }

  /** Forgets a segment that is to be deleted. */
  void remove(long base) {
    files.remove(base);
    changes.incrementAndGet();
  }

  /** The segment that holds a sequence, with its first one. */
  Map.Entry<Long, String> holding(long sequence) throws IOException {
    Map.Entry<Long, String> file = files.floorEntry(sequence);
    if (file == null) {
      throw new IOException(
          "record "
              + sequence
              + " was deleted, past its retention: the oldest one kept is "
              + first());
    }
    return file;
  }
}
