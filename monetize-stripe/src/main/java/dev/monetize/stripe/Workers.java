// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Daemon threads that do what is due, until they are to end. Thread-safe. */
final class Workers {

  private static final long PAUSE_MILLIS = 500;

  private final String name;
  private final Work work;
  private final Logger log;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean ending;

  /** What there is to do. */
  interface Work {

    /** Does one thing that is due; whether there was any. */
    boolean step() throws IOException, InterruptedException;

    /** Waits until something may be due, but not for long. */
    void await(long millis) throws InterruptedException;

    /** Something may be due. */
    void wake();
  }

  /**
   * None at first.
   *
   * @param name what the threads are called
   * @param owner what failures are logged for
   */
  Workers(String name, Class<?> owner, Work work) {
    this.name = name;
    this.work = work;
    this.log = LoggerFactory.getLogger(owner);
  }

  void start(int count) {
    for (int i = 0; i < count; i++) {
      Thread thread = new Thread(this::run, name + "-" + i);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  private void run() {
    while (!ending) {
      try {
        if (!work.step()) {
          work.await(PAUSE_MILLIS);
        }
      } catch (InterruptedException e) {
        return; // nobody but close interrupts them
      } catch (IOException | RuntimeException e) {
        failed(e);
      }
    }
  }

  private void failed(Exception e) {
    log.error("{}: what was due could not be done; it is kept and tried again", name, e);
    try {
      work.await(PAUSE_MILLIS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Has them end after what they do now; whether they did in time. */
  boolean close(Duration atMost) {
    ending = true;
    work.wake();
    long deadline = System.nanoTime() + atMost.toNanos();
    boolean ended = true;
    for (Thread thread : threads) {
      ended &= ended(thread, deadline);
    }
    return ended;
  }

  private static boolean ended(Thread thread, long deadline) {
    try {
      TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, deadline - System.nanoTime()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }
}
