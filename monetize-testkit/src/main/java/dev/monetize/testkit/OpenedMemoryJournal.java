// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import dev.monetize.usage.EventReader;
import dev.monetize.usage.JournalRecord;
import dev.monetize.usage.JournalState;
import dev.monetize.usage.RecordedEvent;
import dev.monetize.usage.SinkMark;
import dev.monetize.usage.SinkProgress;
import dev.monetize.usage.UsageEvent;
import dev.monetize.usage.UsageJournal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A {@link MemoryJournal} between an opening and the next. What is appended is durable at once. */
final class OpenedMemoryJournal implements UsageJournal {

  private final MemoryJournal lasting;
  private final Map<String, SinkProgress> sinks = new ConcurrentHashMap<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final AtomicLong lastEvent = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private volatile boolean closed;

  OpenedMemoryJournal(MemoryJournal lasting) {
    this.lasting = lasting;
  }

  /** Takes a record that was there before. */
  void replay(long sequence, JournalRecord record, List<JournalState> states) {
    if (record instanceof JournalRecord.Event event) {
      lastEvent.set(sequence);
      states.forEach(state -> state.event(sequence, event.event()));
    } else if (record instanceof JournalRecord.Note note) {
      states.forEach(state -> state.note(sequence, note.bytes()));
    } else if (record instanceof JournalRecord.Mark mark) {
      mark.mark().into(sinks);
    }
  }

  @Override
  public UUID id() {
    return lasting.id();
  }

  @Override
  public boolean accepting() {
    return !closed && lasting.accepts(this);
  }

  @Override
  public long append(UsageEvent event) {
    long sequence = append(new JournalRecord.Event(event));
    if (sequence == 0) {
      lost.incrementAndGet();
      return 0;
    }
    lastEvent.accumulateAndGet(sequence, Math::max);
    listeners.forEach(Runnable::run);
    return sequence;
  }

  @Override
  public long note(byte[] note) {
    if (note.length > MOST_NOTE_BYTES) {
      throw new IllegalArgumentException(
          "a note must have at most " + MOST_NOTE_BYTES + " bytes, got " + note.length);
    }
    return append(new JournalRecord.Note(note));
  }

  @Override
  public long mark(SinkMark mark) {
    long sequence = append(new JournalRecord.Mark(mark));
    if (sequence > 0) {
      mark.into(sinks);
    }
    return sequence;
  }

  private long append(JournalRecord record) {
    return closed ? 0 : lasting.append(this, record);
  }

  @Override
  public long durable() {
    return lastEvent.get();
  }

  @Override
  public void sync(Duration atMost) {}

  @Override
  public void onDurable(Runnable listener) {
    listeners.add(listener);
  }

  @Override
  public EventReader reader() {
    return new EventReader() {
      @Override
      public long first() {
        return 1;
      }

      @Override
      public List<RecordedEvent> read(long first, long last, int most) {
        return lasting.read(first, last, most);
      }
    };
  }

  @Override
  public Map<String, SinkProgress> sinks() {
    return Map.copyOf(sinks);
  }

  @Override
  public SinkProgress progress(String sink) {
    return sinks.computeIfAbsent(sink, name -> SinkProgress.NEW);
  }

  @Override
  public long lost() {
    return lost.get();
  }

  @Override
  public void close() {
    closed = true;
  }
}
