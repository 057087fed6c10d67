// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The wall clock, read through the monotonic one: it never steps back, and one cheap reading serves
 * limits and billing alike. Once a second it is compared with the wall clock. Where that is ahead,
 * it follows at once; where that has stepped back, it goes on at half speed until they meet again.
 */
final class MonotonicClock implements InstantSource {

  private static final long CHECK = 1_000_000_000L;
  private static final long TOLERATED = 5_000_000L;

  private final LongSupplier monotonic;
  private final InstantSource wall;
  private volatile Anchor anchor;

  /** Time is {@code epoch + (monotonic - at) / (slow ? 2 : 1)}. */
  private record Anchor(long epoch, long at, boolean slow) {

    long read(long monotonic) {
      long elapsed = monotonic - at;
      return epoch + (slow ? elapsed / 2 : elapsed);
    }
  }

  MonotonicClock(LongSupplier monotonic, InstantSource wall) {
    this.monotonic = monotonic;
    this.wall = wall;
    this.anchor = new Anchor(Time.nanos(wall.instant()), monotonic.getAsLong(), false);
  }

  static MonotonicClock system() {
    return new MonotonicClock(System::nanoTime, InstantSource.system());
  }

  long nanos() {
    Anchor current = anchor;
    long reading = monotonic.getAsLong();
    if (reading - current.at > CHECK) {
      return follow(reading);
    }
    return current.read(reading);
  }

  @Override
  public Instant instant() {
    return Time.instant(nanos());
  }

  /** One thread in turn moves the anchor; the new one never reads less than the old one did. */
  private synchronized long follow(long reading) {
    Anchor current = anchor;
    long latest = Math.max(reading, current.at);
    long derived = current.read(latest);
    long actual = Time.nanos(wall.instant());
    long next = actual > derived + TOLERATED ? actual : derived;
    anchor = new Anchor(next, latest, actual < derived - TOLERATED);
    return next;
  }
}
