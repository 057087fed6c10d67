// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which failures are to be logged: each kind once, until something succeeds; and once a minute, as
 * of a server that comes and goes. Thread-safe.
 */
final class Spells {

  private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final LongSupplier nanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Fault, Long> last = new EnumMap<>(Fault.class);

  /** The kind that was logged of the spell that lasts. */
  private volatile @Nullable Fault told;

  /**
   * Nothing has failed.
   *
   * @param nanos a clock that never steps back
   */
  Spells(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Something failed; whether to log it. */
  boolean tells(Fault fault) {
    if (told == fault) {
      return false;
    }
    long now = nanos.getAsLong();
    lock.lock();
    try {
      Long before = last.get(fault);
      if (told == fault || (before != null && now - before < PAUSE_NANOS)) {
        return false;
      }
      last.put(fault, now);
      told = fault;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Whether anything was logged since something succeeded last. */
  boolean isTold() {
    return told != null;
  }

  /** Something succeeded. */
  void over() {
    if (told != null) {
      told = null;
    }
  }
}
