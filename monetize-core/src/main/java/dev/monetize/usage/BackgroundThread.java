// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A daemon thread that works until it is to end. Thread-safe. */
final class BackgroundThread {

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Thread thread;
  private volatile boolean ending;

  /**
   * One that is not started.
   *
   * @param work returns soon after {@link #isEnding} has become true
   */
  BackgroundThread(String name, Runnable work) {
    thread = new Thread(work, name);
    thread.setDaemon(true);
  }

  @SuppressWarnings("ThreadPriorityCheck") // a hint, on which nothing relies
  BackgroundThread ofLowPriority() {
    thread.setPriority(Thread.MIN_PRIORITY);
    return this;
  }

  Thread thread() {
    return thread;
  }

  void start() {
    thread.start();
  }

  /** Ends its pause. */
  void wake() {
    LockSupport.unpark(thread);
  }

  boolean isEnding() {
    return ending;
  }

  /**
   * Pauses until it is woken, or not at all if it is to end; for the thread itself. What it waited
   * for before, such as a lock, may have used up a {@link #wake}: whatever that could have been
   * about is to be looked at between the two.
   */
  void pause() {
    if (!ending) {
      LockSupport.park(this);
    }
  }

  /** The same, for some time at most. */
  void pause(long nanos) {
    if (!ending) {
      LockSupport.parkNanos(this, nanos);
    }
  }

  /** Has it end, and waits for that, half a minute at most. An interrupt is kept. */
  void end() {
    ending = true;
    wake();
    boolean interrupted = false;
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    long left = PATIENCE_NANOS;
    while (thread.isAlive() && left > 0) {
      try {
        TimeUnit.NANOSECONDS.timedJoin(thread, left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      left = deadline - System.nanoTime();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
