// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that syncs: it makes what was appended durable every few milliseconds. Nobody
 * waits for it but who asks to.
 */
final class JournalThread {

  private static final Logger log = LoggerFactory.getLogger(FileUsageJournal.class);

  /** Pauses grow to this multiple while nothing is appended. */
  private static final int IDLE = 4;

  private static final long MOST_GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final BackgroundThread thread = new BackgroundThread("monetize-journal", this::run);
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Appender appender;
  private final SpareMaker spares;
  private final LongConsumer filled;
  private final SyncWaiters waiters;
  private final long pauseNanos;
  private long syncNanos;
  private boolean failed;
  private boolean moved;
  private @Nullable Throwable broken;
  private volatile long syncedEvent;

  /**
   * Of a journal.
   *
   * @param filled told how far it is durable, each time a segment has been filled
   */
  JournalThread(Appender appender, SpareMaker spares, LongConsumer filled, Duration syncEvery) {
    this.filled = filled;
    this.appender = appender;
    this.spares = spares;
    this.pauseNanos = syncEvery.toNanos();
    Appender.Extent recovered = appender.extent();
    waiters = new SyncWaiters(thread.thread(), recovered.sequence());
    syncedEvent = recovered.event();
  }

  void start() {
    thread.start();
  }

  /** Sequence up to which all is durable. */
  long synced() {
    return waiters.synced();
  }

  /** Has a listener called, on this thread, each time more has become durable. */
  void onSync(Runnable listener) {
    listeners.add(listener);
  }

  /** Sequence of the last event that is durable. */
  long syncedEvent() {
    return syncedEvent;
  }

  /**
   * Waits until a record is durable. An interrupt does not end it, and is kept.
   *
   * @return whether it is
   */
  boolean awaitSynced(long sequence) {
    return waiters.await(sequence, PATIENCE_NANOS);
  }

  /** Waits until a record is durable. */
  void awaitSynced(long sequence, Duration atMost) throws IOException, InterruptedException {
    if (!waiters.awaitInterruptibly(sequence, atMost.toNanos())) {
      throw new IOException("record " + sequence + " could not be made durable");
    }
  }

  /** Makes everything durable and ends. */
  void close() {
    thread.end();
  }

  private void run() {
    try {
      long pause = pauseNanos;
      while (!thread.isEnding()) {
        pause = sync() ? pauseNanos : Math.min(pause * 2, pauseNanos * IDLE);
        moveOn();
        if (!thread.isEnding()) {
          waiters.pause(pause, 1);
        }
      }
      sync();
      moveOn();
    } catch (Throwable failure) { // a fault of ours, or no memory
      fail(failure);
    } finally {
      waiters.end();
    }
  }

  /** Makes durable what there is; whether there was anything. */
  private boolean sync() {
    Appender.Extent extent = appender.extent();
    if (failed || broken != null || extent.sequence() == waiters.synced()) {
      waiters.release(waiters.synced());
      return false;
    }
    long start = System.nanoTime();
    try {
      for (Appender.Written written : extent.segments()) {
        written.segment().sync(written.end());
      }
      for (Appender.Written full : extent.segments().subList(0, extent.segments().size() - 1)) {
        full.segment().syncHeader();
      }
    } catch (IOException | RuntimeException | InternalError e) {
      broken = e;
      return false;
    }
    syncNanos = System.nanoTime() - start;
    moved = false;
    advance(extent);
    return true;
  }

  private void advance(Appender.Extent extent) {
    appender.synced(extent);
    syncedEvent = extent.event();
    int released = waiters.release(extent.sequence());
    if (extent.segments().size() > 1) {
      filled.accept(extent.sequence());
    }
    listeners.forEach(Runnable::run);
    if (released > 1) {
      gather(released + waiters.waiting());
    }
  }

  /**
   * Those who were just answered will be back with their next event: a part of an fsync's time
   * spent on waiting for most of them saves half of the fsyncs, which would take one half of them
   * each.
   */
  private void gather(int expected) {
    waiters.gather(Math.min(syncNanos / 2, MOST_GATHER_NANOS), expected - expected / 8);
  }

  /**
   * After a failed fsync the next one succeeds although the bytes are gone. So it is never tried
   * again: what was not durable yet is written once more, into fresh segments. If they cannot be
   * made durable either, that is the end.
   */
  private void moveOn() {
    while (broken != null && !failed) {
      Throwable cause = broken;
      if (moved) {
        fail(cause);
        return;
      }
      try {
        spares.rewrite(waiters.synced());
      } catch (IOException | RuntimeException | InternalError e) {
        cause.addSuppressed(e);
        fail(cause);
        return;
      }
      log.error(
          "an fsync of the journal failed. What was not durable, all behind record {}, was written"
              + " once more, into a fresh segment; the former one stays as it is. Look after the"
              + " disk",
          waiters.synced(),
          cause);
      broken = null;
      moved = true;
      sync();
    }
  }

  private void fail(Throwable cause) {
    failed = true;
    appender.poison();
    waiters.end();
    log.error(
        "the journal could not be made durable. It accepts no more calls and ships nothing newer"
            + " than record {}; what was appended since is safe only while the machine runs."
            + " Repair the disk and restart",
        waiters.synced(),
        cause);
  }
}
