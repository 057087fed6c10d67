// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** Which segment holds which sequences. Thread-safe. */
final class SegmentIndex {

  private final ConcurrentSkipListMap<Long, String> files = new ConcurrentSkipListMap<>();

  SegmentIndex(NavigableMap<Long, String> bases) {
    files.putAll(bases);
  }

  void add(long base, String name) {
    files.put(base, name);
  }

  /** Records from this one on are in another segment now. */
  void replaceBehind(long base, String name) {
    files.tailMap(base).clear();
    files.put(base, name);
  }

  /** The segment that holds a sequence, with its first one. */
  Map.Entry<Long, String> holding(long sequence) {
    Map.Entry<Long, String> file = files.floorEntry(sequence);
    if (file == null) {
      throw new IllegalStateException("no segment holds record " + sequence);
    }
    return file;
  }
}
