// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import java.util.concurrent.locks.LockSupport;

/** A record on its way to the server, and the thread that waits for what becomes of it. */
final class Waiting {

  /** Nobody knows yet. */
  static final long UNKNOWN = 0;

  /** The journal takes nothing. */
  static final long NOT_WRITTEN = -1;

  /** Its condition is not met. */
  static final long REFUSED = -2;

  /** The same was recorded before. */
  static final long DUPLICATE = -3;

  /** Something else was recorded under the same id. */
  static final long CONFLICT = -4;

  /**
   * When a record is appended.
   *
   * @param key of what is looked at; empty if it is appended anyway
   * @param text as the script has it
   */
  record Condition(String key, String text) {

    static final Condition NONE = new Condition("", "");
  }

  private static final int OBJECTS = 150;

  private final byte[] record;
  private final Condition condition;
  private final boolean event;
  private final Thread thread = Thread.currentThread();
  private volatile long result = UNKNOWN;

  Waiting(byte[] record, Condition condition, boolean event) {
    this.record = record;
    this.condition = condition;
    this.event = event;
  }

  byte[] record() {
    return record;
  }

  Condition condition() {
    return condition;
  }

  boolean isEvent() {
    return event;
  }

  /** What it takes in memory. */
  int bytes() {
    return OBJECTS + record.length;
  }

  void done(long what) {
    result = what;
    LockSupport.unpark(thread);
  }

  /**
   * Waits; an interrupt does not end it, and is kept.
   *
   * @return its sequence, or why it has none
   */
  long await(long nanos) {
    boolean interrupted = false;
    long deadline = System.nanoTime() + nanos;
    long left = nanos;
    while (result == UNKNOWN && left > 0) {
      LockSupport.parkNanos(this, left);
      interrupted |= Thread.interrupted();
      left = deadline - System.nanoTime();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return result;
  }
}
