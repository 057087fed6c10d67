// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Window;
import dev.monetize.limit.WindowLimit;

/**
 * The windows around a moment, as seconds that fit 32 bits: the script chooses by its own clock,
 * which may show another window than ours.
 */
record WindowsAround(long former, long start, long end, long following) {

  private static final long SECOND = 1_000_000_000L;
  private static final long MOST = 0xffff_ffffL;

  static WindowsAround of(WindowLimit limit, long now) {
    Window window = limit.windows().at(now);
    long start = bounded(window.start());
    long end = bounded(window.end());
    long former = start == 0 ? 0 : bounded(limit.windows().at(window.start() * SECOND - 1).start());
    long following = end == MOST ? MOST : bounded(limit.windows().at(window.end() * SECOND).end());
    return new WindowsAround(former, start, end, following);
  }

  boolean contains(long now) {
    long second = Math.floorDiv(now, SECOND);
    return second >= start && second < end;
  }

  static long bounded(long second) {
    return Math.max(0, Math.min(MOST, second));
  }
}
