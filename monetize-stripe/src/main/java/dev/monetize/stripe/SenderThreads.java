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

/** Daemon threads that send an outbox. Thread-safe. */
final class SenderThreads {

  private static final Logger log = LoggerFactory.getLogger(StripeUsageSink.class);
  private static final long PAUSE_MILLIS = 500;

  private final Dispatch dispatch;
  private final OutboxSender sender;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean ending;

  SenderThreads(Dispatch dispatch, OutboxSender sender) {
    this.dispatch = dispatch;
    this.sender = sender;
  }

  void start(int count) {
    for (int i = 0; i < count; i++) {
      Thread thread = new Thread(this::run, "monetize-stripe-" + i);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  private void run() {
    while (!ending) {
      try {
        if (!sender.step()) {
          dispatch.await(PAUSE_MILLIS);
        }
      } catch (InterruptedException e) {
        return; // nobody but close interrupts them
      } catch (IOException | RuntimeException e) {
        failed(e);
      }
    }
  }

  private void failed(Exception e) {
    log.error("usage on its way to Stripe could not be dealt with; it is kept and tried again", e);
    try {
      dispatch.await(PAUSE_MILLIS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Has them end after what they do now; whether they did in time. */
  boolean close(Duration atMost) {
    ending = true;
    dispatch.wake();
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
