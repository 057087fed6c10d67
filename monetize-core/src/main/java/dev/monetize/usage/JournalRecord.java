// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link UsageJournal} holds, and how it is kept as bytes: in the layout of {@link
 * FileUsageJournal}'s records, one byte of type before it. Later versions read what earlier ones
 * wrote.
 */
public sealed interface JournalRecord {

  /** Most bytes that a record takes. */
  int MOST_BYTES = 1 + RecordFrame.MAX_PAYLOAD;

  /** Usage. */
  record Event(UsageEvent event) implements JournalRecord {

    public Event {
      Objects.requireNonNull(event, "event");
    }
  }

  /** What a state wants to know at the next start. Immutable. */
  final class Note implements JournalRecord {

    private final byte[] bytes;

    /** Of a copy of these. */
    public Note(byte[] bytes) {
      this.bytes = bytes.clone();
    }

    /** A copy. */
    public byte[] bytes() {
      return bytes.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Note that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return "Note[" + bytes.length + " bytes]";
    }
  }

  /** What became of a batch. */
  record Mark(SinkMark mark) implements JournalRecord {

    public Mark {
      Objects.requireNonNull(mark, "mark");
    }
  }

  /** As bytes. */
  default byte[] toBytes() {
    byte[] room = new byte[1 + mostBytes()];
    PayloadWriter to = new PayloadWriter(room);
    if (this instanceof Event event) {
      to.putByte(RecordType.EVENT.code());
      EventPayload.write(event.event, to);
    } else if (this instanceof Note note) {
      to.putByte(RecordType.NOTE.code());
      to.putBytes(note.bytes);
    } else if (this instanceof Mark mark) {
      to.putByte(RecordType.of(mark.mark.kind()).code());
      mark.mark.write(to);
    }
    return Arrays.copyOf(room, to.position());
  }

  private int mostBytes() {
    if (this instanceof Event event) {
      return EventPayload.mostBytes(event.event);
    }
    return this instanceof Note note ? note.bytes.length : ((Mark) this).mark.mostBytes();
  }

  /**
   * From bytes.
   *
   * @throws IllegalArgumentException if they are none, or of a later version
   */
  static JournalRecord of(byte[] bytes) {
    PayloadReader from = PayloadReader.once(bytes);
    try {
      RecordType type = RecordType.of(from.readByte());
      if (type == null) {
        throw new IllegalArgumentException("record type " + bytes[0] + " is of a later version");
      }
      return switch (type) {
        case EVENT -> new Event(EventPayload.read(from));
        case NOTE -> new Note(from.readRest());
        case SEAL, SENT, GIVEN_UP, PARKED -> new Mark(SinkMark.read(type.mark(), from));
        case GAP -> throw new IllegalArgumentException("a gap is a file's matter");
      };
    } catch (IndexOutOfBoundsException e) {
      throw new IllegalArgumentException(
          "a record of " + bytes.length + " bytes ends within a field", e);
    }
  }
}
