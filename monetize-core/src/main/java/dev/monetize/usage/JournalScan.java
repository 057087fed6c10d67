// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the events of a customer in a journal, reading it from its first record on. Remembers of
 * each full block of records that it has read what is in it, and does not read it again in vain.
 * Thread-safe.
 */
final class JournalScan {

  /** Records in a block: about as many as a segment of a {@link FileUsageJournal} holds. */
  static final int BLOCK = 1 << 16;

  private static final int READ_AHEAD = 256;

  private final Map<Long, BlockSummary> summaries = new ConcurrentHashMap<>();
  private final UsageLog journal;
  private final int block;

  /** Takes what is found. */
  interface Visitor {

    void visit(RecordedEvent event) throws IOException;
  }

  JournalScan(UsageLog journal, int block) {
    this.journal = journal;
    this.block = block;
  }

  /** Visits what was appended before, in the order of the journal; times in nanoseconds. */
  void run(String customer, long from, long to, Visitor visitor) throws IOException {
    makeReadable();
    long last = journal.durable();
    EventReader reader = journal.reader();
    Filter filter = new Filter(customer, from, to, visitor);
    long next = reader.first();
    while (next <= last) {
      long number = next / block;
      long end = (number + 1) * block - 1;
      BlockSummary known = summaries.get(number);
      if (known == null) {
        BlockSummary fresh = new BlockSummary();
        read(reader, next, Math.min(last, end), fresh, filter);
        if (end <= last) {
          summaries.put(number, fresh);
        }
      } else if (known.mayHold(customer, from, to)) {
        read(reader, next, end, null, filter);
      }
      next = end + 1;
    }
  }

  /** When the oldest event that is kept was settled; {@link Instant#MIN} if none was deleted. */
  Instant keptSince() throws IOException {
    EventReader reader = journal.reader();
    long first = reader.first();
    if (first <= 1) {
      return Instant.MIN;
    }
    makeReadable();
    List<RecordedEvent> oldest = reader.read(first, journal.durable(), 1);
    return oldest.isEmpty()
        ? Instant.MAX
        : Instant.EPOCH.plusNanos(oldest.get(0).event().settledNanos());
  }

  /** How many blocks are known so well that they may be left out. */
  int summarized() {
    return summaries.size();
  }

  private static void read(
      EventReader reader, long from, long to, @Nullable BlockSummary summary, Visitor visitor)
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
      journal.sync(UsageJournal.SYNC_PATIENCE);
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
