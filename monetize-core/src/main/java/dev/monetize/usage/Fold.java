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

/**
 * What is known from a journal's records, which it takes one after the other: states, and how far
 * sinks are. Not thread-safe.
 */
final class Fold {

  private final List<Part> parts = new ArrayList<>();
  private final Map<String, SinkProgress> sinks = new HashMap<>();
  private long saved;
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
    lastEvent = checkpoint.lastEvent();
    sinks.putAll(checkpoint.sinks());
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
    long known = saved;
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
      case EVENT -> {
        UsageEvent event = EventPayload.read(payload);
        lastEvent = Math.max(lastEvent, sequence);
        for (Part part : parts) {
          if (sequence > part.known) {
            part.state.event(sequence, event);
          }
        }
      }
      case NOTE -> {
        byte[] note = payload.readRest();
        for (Part part : parts) {
          if (sequence > part.known) {
            part.state.note(sequence, note.clone());
          }
        }
      }
      case SEAL, SENT, GIVEN_UP, PARKED -> {
        SinkMark mark = SinkMark.read(payload);
        if (sequence > saved) {
          sinks.merge(
              mark.sink(),
              SinkProgress.NEW.after(type, mark),
              (old, fresh) -> old.after(type, mark));
        }
      }
    }
  }

  /** Sequence of the last event there was, 0 if there was none. */
  long lastEvent() {
    return lastEvent;
  }

  Map<String, SinkProgress> sinks() {
    return sinks;
  }
}
