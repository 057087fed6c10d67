// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the events of a customer in a journal, reading it from its first segment on. Remembers of
 * each full segment that it has read what is in it, and does not read it again in vain.
 * Thread-safe.
 */
final class JournalScan {

  private static final int READ_AHEAD = 256;
  private static final Duration SYNC_PATIENCE = Duration.ofSeconds(30);

  private final Map<Long, SegmentSummary> summaries = new ConcurrentHashMap<>();
  private final FileUsageJournal journal;

  /** Takes what is found. */
  interface Visitor {

    void visit(RecordedEvent event) throws IOException;
  }

  JournalScan(FileUsageJournal journal) {
    this.journal = journal;
  }

  /** Visits what was appended before, in the order of the journal; times in nanoseconds. */
  void run(String customer, long from, long to, Visitor visitor) throws IOException {
    makeReadable();
    long last = journal.syncedEvent();
    SegmentIndex index = journal.index();
    EventReader reader = journal.reader();
    for (long base = index.first(); base <= last; base = index.after(base)) {
      long next = index.after(base);
      SegmentSummary known = summaries.get(base);
      if (known == null) {
        SegmentSummary fresh = new SegmentSummary();
        read(
            reader, base, Math.min(last, next - 1), fresh, new Filter(customer, from, to, visitor));
        if (next <= last) {
          summaries.put(base, fresh);
        }
      } else if (known.mayHold(customer, from, to)) {
        read(reader, base, next - 1, null, new Filter(customer, from, to, visitor));
      }
    }
  }

  /** When the oldest event that is kept was settled; {@link Instant#MIN} if none was deleted. */
  Instant keptSince() throws IOException {
    long first = journal.index().first();
    if (first <= 1) {
      return Instant.MIN;
    }
    makeReadable();
    List<RecordedEvent> oldest = journal.reader().read(first, journal.syncedEvent(), 1);
    return oldest.isEmpty()
        ? Instant.MAX
        : Instant.EPOCH.plusNanos(oldest.get(0).event().settledNanos());
  }

  /** How many segments are known so well that they may be left out. */
  int summarized() {
    return summaries.size();
  }

  private static void read(
      EventReader reader, long from, long to, @Nullable SegmentSummary summary, Visitor visitor)
      throws IOException {
    long next = from;
    while (next <= to) {
      List<RecordedEvent> events = reader.read(next, to, READ_AHEAD);
      for (RecordedEvent event : events) {
        if (summary != null) {
          summary.add(event.event());
        }
        visitor.visit(event);
      }
      next = events.isEmpty() ? to + 1 : events.get(events.size() - 1).sequence() + 1;
    }
  }

  private void makeReadable() throws IOException {
    try {
      journal.sync(SYNC_PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }

  private record Filter(String customer, long from, long to, Visitor visitor) implements Visitor {

    @Override
    public void visit(RecordedEvent recorded) throws IOException {
      UsageEvent event = recorded.event();
      if (event.timeNanos() >= from
          && event.timeNanos() < to
          && event.customer().equals(customer)) {
        visitor.visit(recorded);
      }
    }
  }
}
