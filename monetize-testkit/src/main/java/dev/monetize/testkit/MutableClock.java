// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until it is turned. Thread-safe. */
public final class MutableClock implements InstantSource {

  private volatile Instant now;

  /** A clock that shows an instant. */
  public MutableClock(Instant now) {
    this.now = now;
  }

  @Override
  public Instant instant() {
    return now;
  }

  /** Turns it to an instant, which may lie in its past. */
  public synchronized void set(Instant instant) {
    now = instant;
  }

  /** Turns it on, or back by a negative duration. */
  public synchronized void advance(Duration by) {
    now = now.plus(by);
  }
}
