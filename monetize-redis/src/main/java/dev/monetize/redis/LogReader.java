// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.usage.EventReader;
import dev.monetize.usage.JournalRecord;
import dev.monetize.usage.RecordedEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import redis.clients.jedis.exceptions.JedisException;

/** Reads events back from the log, a page at a time. */
final class LogReader implements EventReader {

  private static final int PAGE = 1_000;

  private final JournalServer server;
  private final UUID journal;
  private final LongSupplier first;

  LogReader(JournalServer server, UUID journal, LongSupplier first) {
    this.server = server;
    this.journal = journal;
    this.first = first;
  }

  @Override
  public long first() {
    return first.getAsLong();
  }

  @Override
  public List<RecordedEvent> read(long from, long last, int most) throws IOException {
    List<RecordedEvent> events = new ArrayList<>();
    try {
      long next = Math.max(1, from);
      while (next <= last && events.size() < most) {
        List<LogEntry> page =
            server.read(next, last, (int) Math.min(PAGE, most - events.size() + 16L));
        if (next == Math.max(1, from)) {
          check(next, page);
        }
        for (LogEntry entry : page) {
          if (events.size() < most && entry.record() instanceof JournalRecord.Event event) {
            events.add(new RecordedEvent(journal, entry.sequence(), event.event()));
          }
        }
        next = page.isEmpty() ? last + 1 : page.get(page.size() - 1).sequence() + 1;
      }
      return events;
    } catch (JedisException | IllegalArgumentException e) {
      throw new IOException("the journal in Redis cannot be read: " + e.getMessage(), e);
    }
  }

  /** That what is not there was never there. */
  private void check(long from, List<LogEntry> page) throws IOException {
    if ((page.isEmpty() || page.get(0).sequence() > from) && from < server.first()) {
      throw new IOException("records before " + server.first() + " were deleted, got " + from);
    }
  }
}
