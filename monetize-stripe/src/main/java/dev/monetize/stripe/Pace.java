// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.time.Instant;

/** So many a second, and as many at once after a pause. Not thread-safe. */
final class Pace {

  private final long intervalNanos;
  private Instant next = Instant.EPOCH;

  Pace(int perSecond) {
    intervalNanos = 1_000_000_000L / perSecond;
  }

  boolean mayGo(Instant now) {
    return !now.isBefore(next.minusSeconds(1));
  }

  void goes(Instant now) {
    next = (next.isBefore(now) ? now : next).plusNanos(intervalNanos);
  }
}
