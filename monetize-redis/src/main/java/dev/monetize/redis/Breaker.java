// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Keeps calls away from a Redis that does not answer: after {@value #MOST_FAILURES} failures in a
 * row nobody asks it, but for one a second, until it has answered. Thread-safe.
 */
final class Breaker {

  static final int MOST_FAILURES = 5;

  private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final LongSupplier nanos;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile int failures;
  private long nextProbe;
  private volatile boolean open;

  /**
   * A closed one.
   *
   * @param nanos a clock that never steps back
   */
  Breaker(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Whether to ask now; who is let through while it is open is the only one for a second. */
  boolean allows() {
    return !open || probes();
  }

  private boolean probes() {
    long now = nanos.getAsLong();
    lock.lock();
    try {
      if (open && now - nextProbe < 0) {
        return false;
      }
      nextProbe = now + PROBE_NANOS;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Redis answered; whether it did not before. */
  boolean succeeded() {
    if (failures == 0) {
      return false;
    }
    lock.lock();
    try {
      boolean was = open;
      failures = 0;
      open = false;
      return was;
    } finally {
      lock.unlock();
    }
  }

  /** Redis did not answer; whether nobody asks it from now on. */
  boolean failed() {
    lock.lock();
    try {
      failures = Math.min(failures + 1, MOST_FAILURES);
      boolean opens = !open && failures == MOST_FAILURES;
      if (opens) {
        open = true;
        nextProbe = nanos.getAsLong() + PROBE_NANOS;
      }
      return opens;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the last one who asked was answered. */
  boolean calm() {
    return failures == 0;
  }

  /** Whether nobody asks, but for one a second. */
  boolean open() {
    return open;
  }
}
