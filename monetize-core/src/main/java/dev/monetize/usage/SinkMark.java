// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;

/**
 * What became of a range of the journal on its way to a sink, as the {@link Shipper} writes it
 * down.
 *
 * @param first sequence that the range begins with
 * @param last sequence that it ends with, included
 * @param millis when it was parked, in milliseconds since the epoch; else 0
 * @param reason why it was parked, at most {@value #MAX_REASON} characters; else empty
 */
public record SinkMark(Kind kind, String sink, long first, long last, long millis, String reason) {

  static final int MAX_REASON = 500;

  /** What is said of the range. */
  public enum Kind {
    /** It was cut as a batch: from here on it is fixed. */
    SEALED,
    /**
     * The sink has it, and everything before it. Of a range that is parked: it arrived after all.
     */
    SENT,
    /**
     * The sink was given up: what it has not been sent up to here, it never will be. Of a range
     * that is parked it says that of this range only.
     */
    GIVEN_UP,
    /** The sink refused it for good: it is put aside, and the sink goes on behind it. */
    PARKED
  }

  public SinkMark {
    Objects.requireNonNull(kind, "kind");
    Bounds.sinkName(sink);
    Bounds.length("reason", reason, MAX_REASON);
    if (first < 0 || last < first - 1) {
      throw new IllegalArgumentException(
          "a range must not end before it begins, got " + first + "-" + last);
    }
  }

  SinkMark(Kind kind, String sink, long first, long last) {
    this(kind, sink, first, last, 0, "");
  }

  /** Folds it into how far sinks are, by their names. */
  public void into(Map<String, SinkProgress> sinks) {
    sinks.merge(sink, SinkProgress.NEW.after(this), (old, fresh) -> old.after(this));
  }

  /** The same range, of which something else is said. */
  SinkMark as(Kind other) {
    return new SinkMark(other, sink, first, last);
  }

  SinkMark parked(long when, String why) {
    String reason = why.substring(0, Math.min(why.length(), MAX_REASON));
    return new SinkMark(Kind.PARKED, sink, first, last, when, reason);
  }

  boolean sameRange(SinkMark other) {
    return first == other.first && last == other.last;
  }

  /** Room that is enough for it. */
  int mostBytes() {
    return 40 + PayloadWriter.mostBytes(sink) + PayloadWriter.mostBytes(reason);
  }

  void write(PayloadWriter to) {
    boolean explained = millis != 0 || !reason.isEmpty();
    to.putByte(explained ? 2 : 1);
    to.putString(sink);
    to.putVarint(first);
    to.putVarint(last);
    if (explained) {
      to.putSigned(millis);
      to.putString(reason);
    }
  }

  static SinkMark read(Kind kind, PayloadReader from) {
    int version = from.readByte();
    if (version < 1 || version > 2) {
      throw new IllegalArgumentException("sink mark layout " + version + " is of a later version");
    }
    String sink = from.readString();
    long first = from.readVarint();
    long last = from.readVarint();
    return version == 1
        ? new SinkMark(kind, sink, first, last)
        : new SinkMark(kind, sink, first, last, from.readSigned(), from.readString());
  }

  void write(DataOutput to) throws IOException {
    to.writeUTF(sink);
    to.writeLong(first);
    to.writeLong(last);
    to.writeLong(millis);
    to.writeUTF(reason);
  }

  static SinkMark read(Kind kind, DataInput from) throws IOException {
    return new SinkMark(
        kind, from.readUTF(), from.readLong(), from.readLong(), from.readLong(), from.readUTF());
  }
}
