// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One sink's place in the journal: cuts the batch that comes next, and writes down what became of
 * it. One thread moves it on; {@link #sent} may be read by any, and {@link #retry} called.
 */
final class SinkPlace {

  /** Batches parked of one sink at most; with so many, another one is only tried again. */
  static final int MOST_PARKED = 100;

  private final String sink;
  private final FileUsageJournal journal;
  private final BatchCutter cutter;
  private final Queue<SinkMark> retries = new ArrayDeque<>();
  private @Nullable SinkMark sealed;
  private @Nullable UsageBatch unsealed;
  private volatile long sent;

  SinkPlace(NamedSink sink, FileUsageJournal journal) {
    this.sink = sink.name();
    this.journal = journal;
    SinkProgress progress = journal.progress(sink.name());
    sent = progress.sent();
    sealed = progress.sealed();
    long cut = sealed == null ? sent : sealed.last();
    cutter = new BatchCutter(journal.reader(), sink.schedule(), cut);
  }

  /** Everything up to this sequence is done with, but for what is parked. */
  long sent() {
    return sent;
  }

  BatchCutter cutter() {
    return cutter;
  }

  /** Has a parked batch come again. */
  void retry(SinkMark parked) {
    synchronized (retries) {
      retries.add(parked);
    }
  }

  boolean retries() {
    synchronized (retries) {
      return !retries.isEmpty();
    }
  }

  /** A batch that is to come again, or null. */
  @Nullable UsageBatch again() throws IOException {
    SinkMark range = takeRetry();
    range = range == null ? sealed : range;
    return range == null ? null : read(range);
  }

  private @Nullable SinkMark takeRetry() {
    synchronized (retries) {
      SinkMark next = retries.poll();
      while (next != null && !isParked(next)) {
        next = retries.poll();
      }
      return next;
    }
  }

  UsageBatch read(SinkMark range) throws IOException {
    List<RecordedEvent> events =
        journal.reader().read(range.first(), range.last(), Integer.MAX_VALUE);
    return new UsageBatch(journal.id(), sink, events);
  }

  /** Cuts a new batch, and writes down that it did; the same one again if that failed. */
  UsageBatch cut() throws IOException, InterruptedException {
    UsageBatch fresh = unsealed;
    if (fresh == null) {
      fresh = new UsageBatch(journal.id(), sink, cutter.cut(journal.syncedEvent()));
      unsealed = fresh;
    }
    SinkMark range = range(fresh);
    journal.markDurably(RecordType.SEAL, range);
    sealed = range;
    unsealed = null;
    return fresh;
  }

  /**
   * Writes down that a batch arrived. If the mark gets lost the batch comes again: nothing to wait
   * for, but where it comes out of order.
   */
  void arrived(UsageBatch batch) throws IOException, InterruptedException {
    if (wasParked(batch)) {
      journal.markDurably(RecordType.SENT, range(batch));
    } else {
      passed(batch);
      journal.mark(RecordType.SENT, range(batch));
    }
  }

  /** Puts a batch aside; false if too many are, or it is no longer wanted. */
  boolean park(UsageBatch batch, String reason, Instant now)
      throws IOException, InterruptedException {
    SinkMark range = range(batch);
    boolean again = wasParked(batch);
    if (again && !isParked(range)) {
      return true;
    }
    if (!again && journal.progress(sink).parked().size() >= MOST_PARKED) {
      return false;
    }
    journal.markDurably(RecordType.PARKED, range.parked(now.toEpochMilli(), reason));
    if (!again) {
      passed(batch);
    }
    return true;
  }

  private void passed(UsageBatch batch) {
    sent = batch.last();
    sealed = null;
  }

  private boolean wasParked(UsageBatch batch) {
    return batch.last() <= sent;
  }

  private boolean isParked(SinkMark range) {
    return journal.progress(sink).parked(range.first(), range.last()) != null;
  }

  private SinkMark range(UsageBatch batch) {
    return new SinkMark(sink, batch.first(), batch.last());
  }
}
