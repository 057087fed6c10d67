// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import dev.monetize.usage.JournalRecord;
import dev.monetize.usage.JournalState;
import dev.monetize.usage.RecordedEvent;
import dev.monetize.usage.UsageEvent;
import dev.monetize.usage.UsageJournal;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A journal in memory, for tests without a disk, and the least that a {@link UsageJournal} can be:
 *
 * <pre>{@code
 * MemoryJournal journal = new MemoryJournal();
 * Monetizer monetizer =
 *     Monetizer.builder().tiers(tiers).dataDirectory(temp).usageJournal(journal::open).build();
 * }</pre>
 *
 * It is what lasts: opened again it is the journal after a restart, also if the former one was not
 * closed, as after a crash. That one is shut out: it appends nothing any more. Records are kept as
 * bytes. Thread-safe.
 */
public final class MemoryJournal {

  private final UUID id;
  private final List<byte[]> records = new ArrayList<>();
  private @Nullable UsageJournal opened;
  private boolean full;

  /** An empty one. */
  public MemoryJournal() {
    this(UUID.randomUUID());
  }

  /** An empty one whose id is given: where what follows from it is to be the same each time. */
  public MemoryJournal(UUID id) {
    this.id = Objects.requireNonNull(id, "id");
  }

  /** Opens it; a {@link dev.monetize.usage.JournalFactory}. */
  public synchronized UsageJournal open(InstantSource clock, List<JournalState> states) {
    Objects.requireNonNull(clock, "clock");
    OpenedMemoryJournal fresh = new OpenedMemoryJournal(this);
    for (int i = 0; i < records.size(); i++) {
      fresh.replay(i + 1, JournalRecord.of(records.get(i)), states);
    }
    opened = fresh;
    return fresh;
  }

  /** Has it take nothing from now on, as a disk that is full, or take records again. */
  public synchronized void full(boolean isFull) {
    full = isFull;
  }

  /** All events it holds, in their order. */
  public synchronized List<UsageEvent> events() {
    return read(1, records.size(), Integer.MAX_VALUE).stream().map(RecordedEvent::event).toList();
  }

  UUID id() {
    return id;
  }

  synchronized boolean accepts(UsageJournal from) {
    return opened == from && !full;
  }

  /** The record's sequence, 0 if it takes none from there. */
  synchronized long append(UsageJournal from, JournalRecord record) {
    if (!accepts(from)) {
      return 0;
    }
    records.add(record.toBytes());
    return records.size();
  }

  synchronized List<RecordedEvent> read(long first, long last, int most) {
    List<RecordedEvent> events = new ArrayList<>();
    for (long i = first; i <= Math.min(last, records.size()) && events.size() < most; i++) {
      if (JournalRecord.of(records.get((int) i - 1)) instanceof JournalRecord.Event event) {
        events.add(new RecordedEvent(id, i, event.event()));
      }
    }
    return events;
  }
}
