// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the next segment in advance, on a thread of its own: it takes the disk a while, and who
 * waits for an fsync must not wait for that too.
 */
final class SpareMaker {

  private static final Logger log = LoggerFactory.getLogger(FileUsageJournal.class);

  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int MOST_MADE = 4;

  private final BackgroundThread thread = new BackgroundThread("monetize-segments", this::run);

  /** Held while one is made; never by who appends. */
  private final ReentrantLock making = new ReentrantLock();

  private final Appender appender;
  private final Source source;
  private boolean failing;

  /** Makes segments. */
  @FunctionalInterface
  interface Source {

    /** One with room for some bytes at least. */
    Segment make(long number, int atLeast) throws IOException;
  }

  SpareMaker(Appender appender, Source source) {
    this.appender = appender;
    this.source = source;
  }

  void start() {
    thread.start();
  }

  /** One may be needed. */
  void wake() {
    thread.wake();
  }

  void close() {
    thread.end();
  }

  private void run() {
    while (!thread.isEnding()) {
      make();
      if (failing) {
        thread.pause(RETRY_NANOS);
      } else if (appender.wantedSpare() == 0) {
        thread.pause();
      }
    }
  }

  private void make() {
    making.lock();
    try {
      long number = appender.wantedSpare();
      if (number > 0) {
        appender.addSpare(source.make(number, 0));
        if (failing) {
          log.info("the next segment of the journal could be made: accepting calls again");
        }
      }
      failing = false;
    } catch (IOException | RuntimeException | Error e) {
      appender.spareFailed();
      if (!failing) {
        log.warn("the next segment of the journal could not be made; trying each second", e);
      }
      failing = true;
    } finally {
      making.unlock();
    }
  }

  /**
   * Has what is not durable written once more, behind a record, into a segment that is large enough
   * for it. Events go on coming meanwhile.
   */
  void rewrite(long synced) throws IOException {
    making.lock();
    try {
      int needed = appender.rewrite(synced);
      for (int made = 0; needed > 0 && made < MOST_MADE; made++) {
        appender.addSpare(source.make(appender.nextNumber(), 2 * needed));
        needed = appender.rewrite(synced);
      }
      if (needed > 0) {
        throw new IOException("what was not durable takes " + needed + " bytes by now");
      }
    } finally {
      making.unlock();
    }
    thread.wake();
  }
}
