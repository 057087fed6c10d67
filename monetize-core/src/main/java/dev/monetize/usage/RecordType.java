// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import org.jspecify.annotations.Nullable;

/** What a record of the journal says. Codes are for ever. */
enum RecordType {
  /** A call was settled. */
  EVENT(1),
  /** A batch was cut: its range is fixed from here on. */
  SEAL(2),
  /** A sink has everything up to here. */
  SENT(3),
  /**
   * A sink was given up: what it has not been sent up to here, it never will be. Of a range that is
   * parked it says that of this range only.
   */
  GIVEN_UP(4),
  /** What a {@link JournalState} wants to know at the next start. */
  NOTE(5),
  /** A sink refused a batch for good: it is put aside, and the sink goes on behind it. */
  PARKED(6),
  /** The records from this one to another are lost: damage that was gone on from. */
  GAP(7);

  private static final RecordType[] ALL = values();

  private final byte code;

  RecordType(int code) {
    this.code = (byte) code;
  }

  byte code() {
    return code;
  }

  /** The type of a mark's record. */
  static RecordType of(SinkMark.Kind kind) {
    return switch (kind) {
      case SEALED -> SEAL;
      case SENT -> SENT;
      case GIVEN_UP -> GIVEN_UP;
      case PARKED -> PARKED;
    };
  }

  /** What such a mark says. */
  SinkMark.Kind mark() {
    return switch (this) {
      case SEAL -> SinkMark.Kind.SEALED;
      case SENT -> SinkMark.Kind.SENT;
      case GIVEN_UP -> SinkMark.Kind.GIVEN_UP;
      case PARKED -> SinkMark.Kind.PARKED;
      case EVENT, NOTE, GAP -> throw new IllegalStateException(this + " is no mark");
    };
  }

  static @Nullable RecordType of(int code) {
    for (RecordType type : ALL) {
      if (type.code == code) {
        return type;
      }
    }
    return null;
  }
}
