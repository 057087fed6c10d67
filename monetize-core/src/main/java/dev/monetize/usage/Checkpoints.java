// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes checkpoints, on a thread of low priority: one after a segment was filled, but not more
 * often than is set. It folds what is durable into states of its own, so nobody waits for it. Then
 * what is past its retention is deleted.
 */
final class Checkpoints {

  private static final Logger log = LoggerFactory.getLogger(FileUsageJournal.class);

  private final BackgroundThread thread =
      new BackgroundThread("monetize-checkpoint", this::run).ofLowPriority();
  private final ReentrantLock making = new ReentrantLock();
  private final CheckpointMaker maker;
  private final long everyNanos;
  private boolean failing;
  private volatile long durable;
  private volatile boolean filled;

  /**
   * Of a journal.
   *
   * @param kind of its states
   * @param sinksNow how far sinks are, durable or not
   */
  Checkpoints(
      JournalStorage storage,
      UUID journal,
      RecordCursor cursor,
      Fold kind,
      Retention retention,
      Map<String, SinkProgress> sinksNow,
      Duration every) {
    this.maker =
        new CheckpointMaker(storage, journal, cursor, kind, retention, sinksNow, thread::isEnding);
    this.everyNanos = every.toNanos();
  }

  void start() {
    thread.start();
  }

  /** A segment is full, and durable up to a record. */
  void filled(long durable) {
    this.durable = durable;
    filled = true;
    thread.wake();
  }

  private void run() {
    long due = System.nanoTime() + everyNanos;
    while (!thread.isEnding()) {
      long left = due - System.nanoTime();
      if (!filled) {
        thread.pause();
      } else if (left > 0) {
        thread.pause(left);
      } else {
        filled = false;
        tryToMake();
        due = System.nanoTime() + everyNanos;
      }
    }
  }

  private void tryToMake() {
    try {
      make(durable);
      failing = false;
    } catch (IOException | RuntimeException | Error e) {
      if (!thread.isEnding() && !failing) {
        log.warn(
            "a checkpoint of the journal could not be made. The former one is still good; a restart"
                + " reads more records, and none are deleted. Tried again later, without more such"
                + " lines",
            e);
      }
      failing = true;
    }
  }

  /** Makes one that reaches up to a record, which is durable. */
  void make(long sequence) throws IOException {
    making.lock();
    try {
      maker.make(sequence);
    } finally {
      making.unlock();
    }
  }

  /** Ends; one that is being made is given up. */
  void close() {
    thread.end();
  }
}
