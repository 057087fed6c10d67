// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** What has been reached of one quota's window. Thread-safe; its lock is held for nanoseconds. */
final class Mark {

  private final String of;
  private final String quota;
  private final long start;
  private final Instant ends;
  private final List<Notice> waiting = new ArrayList<>();
  private volatile int reached;

  /**
   * Of a window in which nothing has been reached.
   *
   * @param of the customer; of a spend cap, its currency
   */
  Mark(String of, String quota, long start, Instant ends) {
    this.of = of;
    this.quota = quota;
    this.start = start;
    this.ends = ends;
  }

  boolean is(String of, String quota, long start) {
    return this.start == start && this.quota.equals(quota) && this.of.equals(of);
  }

  boolean knows(int mask) {
    return (mask & ~reached) == 0;
  }

  /** Takes what is new; whether this must be queued, as it had nothing to tell before. */
  synchronized boolean reach(int mask, IntFunction<Notice> maker) {
    boolean idle = waiting.isEmpty();
    for (int fresh = mask & ~reached; fresh != 0; fresh &= fresh - 1) {
      waiting.add(maker.apply(Integer.numberOfTrailingZeros(fresh)));
    }
    reached |= mask;
    return idle && !waiting.isEmpty();
  }

  /** What there is to tell; with it, it is no longer queued. */
  synchronized List<Notice> take() {
    List<Notice> taken = List.copyOf(waiting);
    waiting.clear();
    return taken;
  }

  synchronized boolean over(Instant now) {
    return waiting.isEmpty() && !ends.isAfter(now);
  }
}
