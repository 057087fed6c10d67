// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The state arrays of one layout, by subject: a customer's id, or for limits per key the {@link
 * Subject}.
 */
final class StateTable {

  private final States owner;
  private final Layout layout;
  private final ConcurrentHashMap<Object, long[]> arrays = new ConcurrentHashMap<>();
  private final AtomicLong longestWindow = new AtomicLong();

  /**
   * A round of sweeping; the next begins after enough turns to pay for walking an emptied table.
   */
  private Iterator<Map.Entry<Object, long[]>> round = entries();

  private int turns;
  private int peak;

  StateTable(States owner, Layout layout) {
    this.owner = owner;
    this.layout = layout;
  }

  States owner() {
    return owner;
  }

  /** A layout of this signature, with some caller's numbers in it. */
  Layout layout() {
    return layout;
  }

  long @Nullable [] get(Object subject) {
    return arrays.get(subject);
  }

  void put(Object subject, long[] words) {
    arrays.put(subject, words);
  }

  boolean remove(Object subject, long[] words) {
    return arrays.remove(subject, words);
  }

  int size() {
    return arrays.size();
  }

  Iterator<Map.Entry<Object, long[]>> entries() {
    return arrays.entrySet().iterator();
  }

  /**
   * The next entry to look at for dropping, round and round; null if there is none for now. Called
   * by one thread at a time.
   */
  Map.@Nullable Entry<Object, long[]> nextToSweep() {
    turns++;
    if (!round.hasNext()) {
      if (turns < peak / 4) {
        return null;
      }
      turns = 0;
      peak = Math.max(peak, size());
      round = entries();
    }
    return round.hasNext() ? round.next() : null;
  }

  /** Remembers how long windows are: so long after its start, a count must be kept. */
  void measure(long windowSeconds) {
    if (windowSeconds > longestWindow.get()) {
      longestWindow.accumulateAndGet(windowSeconds, Math::max);
    }
  }

  /** Remembers the windows of a table that an array comes from. */
  void measure(StateTable former) {
    measure(former.longestWindow.get());
  }

  boolean fresh(long[] words, long now) {
    return layout.fresh(words, now, longestWindow.get());
  }
}
