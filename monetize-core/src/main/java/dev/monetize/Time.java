// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import java.time.Instant;
import java.time.InstantSource;

/** Reads a clock as nanoseconds since the epoch, which reach to the year 2262. */
final class Time {

  private static final long NANOS = 1_000_000_000L;

  private final InstantSource source;

  Time(InstantSource source) {
    this.source = source;
  }

  long now() {
    return source instanceof MonotonicClock clock ? clock.nanos() : nanos(source.instant());
  }

  /** An instant before or after what nanoseconds can tell becomes the first or last they can. */
  static long nanos(Instant instant) {
    long seconds = instant.getEpochSecond();
    if (seconds >= Long.MAX_VALUE / NANOS) {
      return Long.MAX_VALUE;
    }
    return seconds <= Long.MIN_VALUE / NANOS ? Long.MIN_VALUE : seconds * NANOS + instant.getNano();
  }

  static Instant instant(long nanos) {
    return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
  }
}
