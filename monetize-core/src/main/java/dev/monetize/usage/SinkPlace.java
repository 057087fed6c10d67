// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import dev.monetize.usage.SinkMark.Kind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One sink's place in the journal: cuts the batch that comes next, and writes down what became of
 * it. One thread moves it on; {@link #sent} may be read by any.
 */
final class SinkPlace {

  /** Batches parked of one sink at most; with so many, another one is only tried again. */
  static final int MOST_PARKED = 100;

  private static final ShipSchedule WHOLE = ShipSchedule.within(100_000, Duration.ofDays(1));

  private final String sink;
  private final UsageJournal journal;
  private final BatchCutter cutter;
  private final Queue<SinkMark> retries;
  private final @Nullable JournalGap doubt;
  private final BatchCutter doubtful;
  private @Nullable SinkMark sealed;
  private @Nullable SinkMark retried;
  private @Nullable UsageBatch unsealed;
  private volatile long sent;

  /**
   * As the journal knows it now.
   *
   * @param retries parked batches that are to come again; its monitor guards it
   */
  SinkPlace(NamedSink sink, UsageJournal journal, Queue<SinkMark> retries) {
    this.sink = sink.name();
    this.journal = journal;
    this.retries = retries;
    SinkProgress progress = journal.progress(sink.name());
    sent = progress.sent();
    sealed = progress.sealed();
    long cut = sealed == null ? sent : sealed.last();
    List<JournalGap> gaps = journal.gaps();
    doubt = gaps.isEmpty() ? null : gaps.get(gaps.size() - 1);
    doubtful = new BatchCutter(journal.reader(), WHOLE, cut);
    cutter = new BatchCutter(journal.reader(), sink.schedule(), Math.max(cut, doubtEnd()));
  }

  /** Everything up to this sequence is done with, but for what is parked. */
  long sent() {
    return sent;
  }

  BatchCutter cutter() {
    return cutter;
  }

  boolean retries() {
    synchronized (retries) {
      return !retries.isEmpty();
    }
  }

  /** A batch that is to come again, or null. */
  @Nullable UsageBatch again() throws IOException, InterruptedException {
    SinkMark range = takeRetry();
    retried = range;
    range = range == null ? sealed : range;
    if (range == null) {
      return doubtful();
    }
    List<RecordedEvent> events =
        journal.reader().read(range.first(), range.last(), Integer.MAX_VALUE);
    if (!events.isEmpty()) {
      return new UsageBatch(journal.id(), sink, events);
    }
    journal.markDurably(range.as(Kind.SENT)); // all of it is lost
    if (range.equals(sealed)) {
      passed(range.last());
    }
    return again();
  }

  /** What was not sealed before the last gap: nobody knows whether it was sealed within. */
  private @Nullable UsageBatch doubtful() throws IOException {
    List<RecordedEvent> events = doubtful.cut(doubtEnd());
    return events.isEmpty() ? null : new UsageBatch(journal.id(), sink, events);
  }

  private long doubtEnd() {
    return doubt == null ? 0 : doubt.last();
  }

  /** Why a batch must not be delivered, since it may have been; null if it was not. */
  @Nullable String doubt(UsageBatch batch) {
    return doubt == null || batch.first() > doubt.last() || retried != null
        ? null
        : "it may have been delivered, wholly or in part: the journal has lost "
            + doubt
            + ", which may have said so";
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

  /** Cuts a new batch, and writes down that it did; the same one again if that failed. */
  UsageBatch cut() throws IOException, InterruptedException {
    UsageBatch fresh = unsealed;
    if (fresh == null) {
      fresh = new UsageBatch(journal.id(), sink, cutter.cut(journal.durable()));
      unsealed = fresh;
    }
    SinkMark range = range(Kind.SEALED, fresh);
    journal.markDurably(range);
    sealed = range;
    unsealed = null;
    return fresh;
  }

  /**
   * Writes down that a batch arrived. If the mark gets lost the batch comes again: nothing to wait
   * for, but where it comes out of order.
   */
  void arrived(UsageBatch batch) throws IOException, InterruptedException {
    if (wasParked()) {
      journal.markDurably(range(Kind.SENT, batch));
    } else {
      passed(batch.last());
      journal.mark(range(Kind.SENT, batch));
    }
  }

  /** Puts a batch aside; false if too many are, or it is no longer wanted. */
  boolean park(UsageBatch batch, String reason, Instant now)
      throws IOException, InterruptedException {
    SinkMark range = range(Kind.PARKED, batch);
    boolean again = wasParked();
    if (again && !isParked(range)) {
      return true;
    }
    if (!again && doubt(batch) == null && journal.progress(sink).parked().size() >= MOST_PARKED) {
      return false;
    }
    journal.markDurably(range.parked(now.toEpochMilli(), reason));
    if (!again) {
      passed(batch.last());
    }
    return true;
  }

  private void passed(long last) {
    sent = last;
    sealed = null;
  }

  private boolean wasParked() {
    return retried != null;
  }

  private boolean isParked(SinkMark range) {
    return journal.progress(sink).parked(range.first(), range.last()) != null;
  }

  /** Of a batch that was parked, the whole range, though a gap may have taken some of it. */
  private SinkMark range(Kind kind, UsageBatch batch) {
    SinkMark whole = retried;
    return whole != null ? whole.as(kind) : new SinkMark(kind, sink, batch.first(), batch.last());
  }
}
