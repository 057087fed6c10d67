// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wall clock, read through the monotonic one: it never steps back, and one cheap reading serves
 * limits and billing alike. Once a second it is compared with the wall clock, and where they differ
 * by up to a minute it follows: ahead at once; back by going on at half speed until they meet, so
 * that it does not step back.
 *
 * <p>A larger difference is believed only if it lasts for three readings: a clock that was wrong
 * for a moment shall not end everybody's month. Then it is followed in one step, in either
 * direction, with a warning.
 */
final class MonotonicClock implements InstantSource {

  private static final long CHECK = 1_000_000_000L;
  private static final long TOLERATED = 5_000_000L;
  private static final long FAR = 60_000_000_000L;
  private static final int BELIEVED = 3;
  private static final Logger log = LoggerFactory.getLogger(MonotonicClock.class);

  private final LongSupplier monotonic;
  private final InstantSource wall;
  private volatile Anchor anchor;
  private int doubts;

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
    if (Math.abs(actual - derived) > FAR) {
      return doubt(derived, actual, latest);
    }
    doubts = 0;
    long next = actual > derived + TOLERATED ? actual : derived;
    anchor = new Anchor(next, latest, actual < derived - TOLERATED);
    return next;
  }

  private long doubt(long derived, long actual, long latest) {
    boolean believed = ++doubts >= BELIEVED;
    if (believed) {
      doubts = 0;
      log.warn("the system clock was moved by {} s", (actual - derived) / CHECK);
    }
    long next = believed ? actual : derived;
    anchor = new Anchor(next, latest, false);
    return next;
  }
}
