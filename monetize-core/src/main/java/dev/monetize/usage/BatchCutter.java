// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import dev.monetize.usage.ShipSchedule.Aligned;
import dev.monetize.usage.ShipSchedule.Prompt;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads, in order, what waits for a sink, and cuts it by the sink's schedule. Holds what it has
 * read ahead, at most {@value #CHUNK} events. Not thread-safe.
 */
final class BatchCutter {

  /** What the events of a batch take in memory at most, but for the first. */
  static final long MAX_BYTES = 16 << 20;

  private static final int CHUNK = 64;
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final EventReader reader;
  private final ShipSchedule schedule;
  private final ArrayDeque<RecordedEvent> ahead = new ArrayDeque<>();
  private long next;

  /**
   * A cutter of what comes behind a sequence.
   *
   * @param done the last sequence that is no longer to be cut
   */
  BatchCutter(EventReader reader, ShipSchedule schedule, long done) {
    this.reader = reader;
    this.schedule = schedule;
    this.next = done + 1;
  }

  /** The event that the next batch begins with, or null if there is none up to a sequence. */
  @Nullable UsageEvent peek(long last) throws IOException {
    if (ahead.isEmpty() && next <= last) {
      ahead.addAll(reader.read(next, last, CHUNK));
      next = ahead.size() < CHUNK ? last + 1 : ahead.getLast().sequence() + 1;
    }
    RecordedEvent first = ahead.peekFirst();
    return first == null ? null : first.event();
  }

  /**
   * Takes the next batch of what there is up to a sequence; empty if there is nothing.
   *
   * @throws IOException if some of it cannot be read: nothing was taken
   */
  List<RecordedEvent> cut(long last) throws IOException {
    List<RecordedEvent> events = new ArrayList<>();
    boolean complete = false;
    try {
      take(events, last);
      complete = true;
    } finally {
      for (int i = events.size() - 1; i >= 0 && !complete; i--) {
        ahead.addFirst(events.get(i));
      }
    }
    return events;
  }

  private void take(List<RecordedEvent> events, long last) throws IOException {
    UsageEvent event = peek(last);
    long period = event == null ? 0 : period(event);
    long bytes = event == null ? 0 : bytes(event);
    while (event != null) {
      events.add(ahead.remove());
      event = peek(last);
      bytes += event == null ? 0 : bytes(event);
      if (event != null
          && (events.size() == schedule.maxEvents()
              || bytes > MAX_BYTES
              || period(event) != period)) {
        event = null;
      }
    }
  }

  /** How many events need not wait any longer. */
  long enough() {
    return schedule instanceof Prompt prompt ? prompt.maxEvents() : Long.MAX_VALUE / 2;
  }

  /** When a batch is due that begins with an event, which was noticed at a moment. */
  Instant due(UsageEvent first, Instant noticed) {
    if (schedule instanceof Prompt prompt) {
      return noticed.plus(prompt.maxDelay());
    }
    Duration length = ((Aligned) schedule).period().length();
    Instant end = Instant.ofEpochSecond((period(first) + 1) * length.toSeconds());
    Instant latest = noticed.plus(length);
    return (end.isBefore(latest) ? end : latest).plus(GRACE);
  }

  private long period(UsageEvent event) {
    return schedule instanceof Aligned aligned
        ? Math.floorDiv(event.settledNanos(), aligned.period().length().toNanos())
        : 0;
  }

  /** About what an event takes in memory. */
  private static long bytes(UsageEvent event) {
    long chars =
        (long) event.customer().length()
            + event.key().length()
            + event.tier().length()
            + event.endpoint().length();
    for (Measure measure : event.measures()) {
      chars += 40 + measure.meter().length();
    }
    for (QuotaWindow window : event.windows()) {
      chars += 60 + window.quota().length() + window.meter().length();
    }
    return 300 + 2 * chars;
  }
}
