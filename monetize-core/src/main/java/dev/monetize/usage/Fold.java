// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is known from a journal's records, which it takes one after the other: states, how far sinks
 * are, and what is lost. A record that is given once more is passed over. Not thread-safe.
 */
final class Fold {

  private final List<Part> parts = new ArrayList<>();
  private final Map<String, SinkProgress> sinks = new HashMap<>();
  private final TreeMap<Long, Long> gaps = new TreeMap<>();
  private long saved;
  private long taken;
  private long lastEvent;

  /** A state, and the sequence up to which it knows all. */
  private static final class Part {

    private final JournalState state;
    private long known;

    Part(JournalState state) {
      this.state = state;
    }
  }

  /**
   * Of empty states.
   *
   * @throws IllegalArgumentException if two have the same name
   */
  Fold(List<JournalState> states) {
    Set<String> names = new HashSet<>();
    for (JournalState state : states) {
      if (!names.add(state.name())) {
        throw new IllegalArgumentException("two states are named \"" + state.name() + "\"");
      }
      parts.add(new Part(state));
    }
  }

  /** The same, empty. */
  Fold fresh() {
    return new Fold(states().stream().map(JournalState::fresh).toList());
  }

  List<JournalState> states() {
    return parts.stream().map(part -> part.state).toList();
  }

  /** Takes what a checkpoint knows; states that it does not have begin with the oldest record. */
  void restore(Checkpoint checkpoint) throws IOException {
    saved = checkpoint.sequence();
    taken = saved;
    lastEvent = checkpoint.lastEvent();
    sinks.putAll(checkpoint.sinks());
    checkpoint.gaps().forEach(this::lost);
    for (Part part : parts) {
      if (checkpoint.restore(part.state)) {
        part.known = saved;
      }
    }
  }

  /** Sequence that the checkpoint reaches, 0 if there was none. */
  long saved() {
    return saved;
  }

  /** The first record that is still to be taken. */
  long next() {
    long known = taken;
    for (Part part : parts) {
      known = Math.min(known, part.known);
    }
    return known + 1;
  }

  /**
   * Takes a record, unless it is known.
   *
   * @throws RuntimeException if it cannot be understood
   */
  void record(long sequence, RecordType type, PayloadReader payload) {
    switch (type) {
      case EVENT -> event(sequence, EventPayload.read(payload));
      case NOTE -> note(sequence, payload.readRest());
      case SEAL, SENT, GIVEN_UP, PARKED -> mark(sequence, SinkMark.read(type.mark(), payload));
      case GAP -> lost(new JournalGap(sequence, payload.readVarint()));
    }
    taken = Math.max(taken, sequence);
  }

  /** Takes a record, unless it is known. */
  void record(long sequence, JournalRecord record) {
    if (record instanceof JournalRecord.Event event) {
      event(sequence, event.event());
    } else if (record instanceof JournalRecord.Note note) {
      note(sequence, note.bytes());
    } else {
      mark(sequence, ((JournalRecord.Mark) record).mark());
    }
    taken = Math.max(taken, sequence);
  }

  private void event(long sequence, UsageEvent event) {
    lastEvent = Math.max(lastEvent, sequence);
    for (Part part : parts) {
      if (sequence > part.known) {
        part.known = sequence;
        part.state.event(sequence, event);
      }
    }
  }

  private void note(long sequence, byte[] note) {
    for (Part part : parts) {
      if (sequence > part.known) {
        part.known = sequence;
        part.state.note(sequence, note.clone());
      }
    }
  }

  private void mark(long sequence, SinkMark mark) {
    if (sequence > taken) {
      mark.into(sinks);
    }
  }

  /** Knows that records are lost; those that follow each other are one gap. */
  void lost(JournalGap gap) {
    long first = gap.first();
    long last = gap.last();
    Map.Entry<Long, Long> near = gaps.floorEntry(last + 1);
    while (near != null && near.getValue() >= first - 1) {
      first = Math.min(first, near.getKey());
      last = Math.max(last, near.getValue());
      gaps.remove(near.getKey());
      near = gaps.floorEntry(last + 1);
    }
    gaps.put(first, last);
  }

  /** What is lost, in order. */
  List<JournalGap> gaps() {
    return gaps.entrySet().stream()
        .map(gap -> new JournalGap(gap.getKey(), gap.getValue()))
        .toList();
  }

  /** The first record that a sink may still ask for. */
  long needed() {
    return sinks.values().stream().mapToLong(SinkProgress::needed).min().orElse(Long.MAX_VALUE);
  }

  /** Sequence of the last event there was, 0 if there was none. */
  long lastEvent() {
    return lastEvent;
  }

  Map<String, SinkProgress> sinks() {
    return sinks;
  }
}
