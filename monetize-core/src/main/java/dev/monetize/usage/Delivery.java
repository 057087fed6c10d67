// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves one sink: waits for a batch to be due, cuts it, delivers it until it arrives. */
final class Delivery {

  private static final Logger log = LoggerFactory.getLogger(Shipper.class);

  private final NamedSink sink;
  private final FileUsageJournal journal;
  private final InstantSource clock;
  private final EventReader reader;
  private final Backoff backoff = new Backoff();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread;
  private @Nullable UsageBatch batch;
  private volatile SinkProgress progress;
  private volatile long wakeAt = Long.MAX_VALUE;
  private volatile boolean finishing;
  private volatile boolean abandoned;

  Delivery(NamedSink sink, FileUsageJournal journal, InstantSource clock) {
    this.sink = sink;
    this.journal = journal;
    this.clock = clock;
    this.reader = journal.reader();
    this.progress = journal.progress(sink.name());
    this.thread = new Thread(this::run, "monetize-ship-" + sink.name());
    thread.setDaemon(true);
  }

  void start() {
    journal.onSync(this::synced);
    thread.start();
  }

  /** No more events come: what there is goes out at once, until the first failure. */
  void finish() {
    finishing = true;
    wake();
  }

  void join(long millis) throws InterruptedException {
    thread.join(millis);
  }

  /** Ends it between two batches, or within one if the sink heeds an interrupt. */
  void abandon() {
    finishing = true;
    abandoned = true;
    if (thread.isAlive()) {
      thread.interrupt();
    }
  }

  boolean upToDate() {
    return progress.sent() >= journal.syncedEvent();
  }

  void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void synced() {
    if (journal.syncedEvent() >= wakeAt) {
      wake();
    }
  }

  private void run() {
    boolean more = true;
    while (more && !abandoned) {
      try {
        Thread.interrupted(); // one that a sink left behind is not meant for us
        more = step();
      } catch (Throwable failure) { // whatever a sink throws, it is tried again
        more = pauseAfter(failure);
      }
    }
  }

  /** Delivers a batch; false if there is none and none will come. */
  private boolean step() throws Exception {
    UsageBatch due = batch;
    if (due == null) {
      due = progress.sealed() == null ? cut() : reread(progress.sealed());
    }
    if (due == null) {
      return false;
    }
    batch = due;
    sink.sink().deliver(due);
    batch = null;
    sent(due);
    int failures = backoff.succeeded();
    if (failures > 0) {
      log.warn("sink \"{}\" takes usage again, after {} failures", sink.name(), failures);
    }
    return true;
  }

  private @Nullable UsageBatch cut() throws IOException, InterruptedException {
    long last = awaitDue();
    if (last == 0) {
      return null;
    }
    List<RecordedEvent> events =
        reader.read(progress.sent() + 1, last, sink.schedule().maxEvents());
    UsageBatch fresh = new UsageBatch(journal.id(), sink.name(), events);
    SinkMark range = new SinkMark(sink.name(), fresh.first(), fresh.last());
    journal.markDurably(RecordType.SEAL, range);
    progress = progress.after(RecordType.SEAL, range);
    return fresh;
  }

  private UsageBatch reread(SinkMark range) throws IOException {
    return new UsageBatch(
        journal.id(), sink.name(), reader.read(range.first(), range.last(), Integer.MAX_VALUE));
  }

  /** If the mark gets lost the batch comes again: nothing to wait for. */
  private void sent(UsageBatch delivered) {
    SinkMark range = new SinkMark(sink.name(), delivered.first(), delivered.last());
    progress = progress.after(RecordType.SENT, range);
    journal.mark(RecordType.SENT, range);
  }

  /** Waits until a batch is due; the last event there is by then, or 0 if none will come. */
  private long awaitDue() throws InterruptedException {
    long sent = progress.sent();
    Instant noticed = null;
    lock.lock();
    try {
      while (true) {
        wakeAt = noticed == null ? sent + 1 : sent + sink.schedule().maxEvents();
        boolean ending = finishing;
        long last = journal.syncedEvent();
        Instant now = clock.instant();
        if (last > sent && (noticed == null || now.isBefore(noticed))) {
          noticed = now;
        }
        if (noticed == null) {
          if (ending) {
            return 0;
          }
          changed.await();
        } else if (ending
            || last - sent >= sink.schedule().maxEvents()
            || !now.isBefore(due(noticed))) {
          return last;
        } else {
          changed.awaitNanos(Duration.between(now, due(noticed)).toNanos());
        }
      }
    } finally {
      wakeAt = Long.MAX_VALUE;
      lock.unlock();
    }
  }

  private Instant due(Instant noticed) {
    return noticed.plus(sink.schedule().maxDelay());
  }

  /** Whether to try again: once more if the end was called for while this waited. */
  private boolean pauseAfter(Throwable failure) {
    if (abandoned) {
      return false;
    }
    if (backoff.failed()) {
      log.warn(
          "sink \"{}\" failed; its usage waits in the journal and is tried again, with growing"
              + " pauses and without more such lines",
          sink.name(),
          failure);
    }
    boolean last = finishing;
    Instant start = clock.instant();
    Instant end = start.plus(backoff.pause());
    lock.lock();
    try {
      Instant now = start;
      while (!finishing && now.isBefore(end) && !now.isBefore(start)) {
        changed.awaitNanos(Duration.between(now, end).toNanos());
        now = clock.instant();
      }
    } catch (InterruptedException e) {
      log.debug("interrupted in the pause of sink \"{}\": trying again", sink.name());
    } finally {
      lock.unlock();
    }
    return !last;
  }
}
