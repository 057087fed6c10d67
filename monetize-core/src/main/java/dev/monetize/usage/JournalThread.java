// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that talks to the disk: it makes what was appended durable every few milliseconds,
 * and the next segment in advance. Nobody waits for it but who asks to.
 */
final class JournalThread {

  private static final Logger log = LoggerFactory.getLogger(FileUsageJournal.class);

  /** Pauses grow to this multiple while nothing is appended. */
  private static final int IDLE = 4;

  private static final long SPARE_RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long CLOSE_MILLIS = TimeUnit.SECONDS.toMillis(30);

  private final Thread thread = new Thread(this::run, "monetize-journal");
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition advanced = lock.newCondition();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Appender appender;
  private final SpareSource spares;
  private final long pauseNanos;
  private long spareRetryAt = System.nanoTime();
  private boolean spareFailing;
  private volatile boolean closing;
  private volatile boolean failed;
  private volatile long synced;
  private volatile long syncedEvent;

  /** Makes segments. */
  @FunctionalInterface
  interface SpareSource {

    Segment make(long number, Runnable between) throws IOException;
  }

  JournalThread(Appender appender, SpareSource spares, Duration syncEvery) {
    this.appender = appender;
    this.spares = spares;
    this.pauseNanos = syncEvery.toNanos();
    Appender.Extent recovered = appender.extent();
    synced = recovered.sequence();
    syncedEvent = recovered.event();
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  void wake() {
    LockSupport.unpark(thread);
  }

  /** Has a listener called, on this thread, each time more has become durable. */
  void onSync(Runnable listener) {
    listeners.add(listener);
  }

  /** Sequence of the last event that is durable. */
  long syncedEvent() {
    return syncedEvent;
  }

  /** Waits until a record is durable. */
  void awaitSynced(long sequence, Duration atMost) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    lock.lockInterruptibly();
    try {
      while (synced < sequence) {
        if (failed || !thread.isAlive() || System.nanoTime() - deadline > 0) {
          throw new IOException("record " + sequence + " could not be made durable");
        }
        wake();
        advanced.await(100, TimeUnit.MILLISECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Makes everything durable and ends. */
  void close() {
    closing = true;
    wake();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join(CLOSE_MILLIS);
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    long pause = pauseNanos;
    while (!closing) {
      pause = sync() ? pauseNanos : Math.min(pause * 2, pauseNanos * IDLE);
      makeSpare();
      if (!closing) {
        LockSupport.parkNanos(pause);
      }
    }
    sync();
  }

  /** Makes durable what there is; whether there was anything. */
  private boolean sync() {
    Appender.Extent extent = appender.extent();
    if (failed || extent.sequence() == synced) {
      return false;
    }
    try {
      for (Appender.Written written : extent.segments()) {
        written.segment().sync(written.end());
      }
      for (Appender.Written full : extent.segments().subList(0, extent.segments().size() - 1)) {
        full.segment().syncHeader();
      }
    } catch (IOException | RuntimeException | InternalError e) {
      poison(e);
      return false;
    }
    advance(extent);
    return true;
  }

  private void advance(Appender.Extent extent) {
    appender.synced(extent);
    lock.lock();
    try {
      synced = extent.sequence();
      syncedEvent = extent.event();
      advanced.signalAll();
    } finally {
      lock.unlock();
    }
    listeners.forEach(Runnable::run);
  }

  /** After a failed fsync the next one succeeds although the bytes are gone: never retried. */
  private void poison(Throwable cause) {
    failed = true;
    appender.poison();
    log.error(
        "the journal could not be made durable. It accepts no more calls and ships nothing newer"
            + " than record {}; what was appended since is safe only while the machine runs."
            + " Repair the disk and restart",
        synced,
        cause);
  }

  private void makeSpare() {
    long number = appender.wantedSpare();
    if (number == 0 || failed || System.nanoTime() - spareRetryAt < 0) {
      return;
    }
    try {
      appender.addSpare(spares.make(number, this::sync));
      if (spareFailing) {
        log.info("the next segment of the journal could be made: accepting calls again");
      }
      spareFailing = false;
    } catch (IOException | RuntimeException | InternalError e) {
      appender.spareFailed();
      spareRetryAt = System.nanoTime() + SPARE_RETRY_NANOS;
      if (!spareFailing) {
        log.warn("the next segment of the journal could not be made; trying each second", e);
      }
      spareFailing = true;
    }
  }
}
