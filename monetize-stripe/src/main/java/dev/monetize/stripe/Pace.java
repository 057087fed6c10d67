// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * So many in any second, however it is cut: the times of the last ones are remembered. After a
 * pause they may go all at once. Not thread-safe.
 */
final class Pace {

  private final int perSecond;
  private final Deque<Instant> went = new ArrayDeque<>();

  Pace(int perSecond) {
    this.perSecond = perSecond;
  }

  boolean mayGo(Instant now) {
    return went.size() < perSecond
        || !now.isBefore(went.getFirst().plusSeconds(1))
        || now.isBefore(went.getLast()); // the clock was turned back: what went is forgotten
  }

  void goes(Instant now) {
    if (!went.isEmpty() && now.isBefore(went.getLast())) {
      went.clear();
    }
    if (went.size() == perSecond) {
      went.removeFirst();
    }
    went.addLast(now);
  }
}
