// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One daemon thread, which sleeps while nothing is due. Thread-safe. */
final class BackgroundThread implements Background {

  private static final Logger log = LoggerFactory.getLogger(RedisRateLimiter.class);
  private static final int SOON_MILLIS = 50;
  private static final int NOW_AND_THEN_SECONDS = 10;

  private final Runnable soon;
  private final AtomicBoolean due = new AtomicBoolean();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "monetize-redis-limits");
            made.setDaemon(true);
            return made;
          });
  private final ScheduledFuture<?> nowAndThen;

  /**
   * Begins.
   *
   * @param soon run within 50 ms of being asked for
   * @param nowAndThen run each ten seconds
   */
  BackgroundThread(Runnable soon, Runnable nowAndThen) {
    this.soon = soon;
    this.nowAndThen =
        thread.scheduleWithFixedDelay(
            () -> run(nowAndThen), NOW_AND_THEN_SECONDS, NOW_AND_THEN_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void soon() {
    if (!due.get() && due.compareAndSet(false, true)) {
      try {
        ScheduledFuture<?> unused =
            thread.schedule(this::runSoon, SOON_MILLIS, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        log.debug("closed meanwhile", e);
      }
    }
  }

  private void runSoon() {
    due.set(false);
    run(soon);
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.error("limits could not be kept up", e);
    }
  }

  @Override
  public void close() {
    nowAndThen.cancel(false);
    thread.shutdownNow();
  }
}
