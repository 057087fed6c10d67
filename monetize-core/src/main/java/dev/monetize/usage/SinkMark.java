// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What SEAL, SENT, GIVEN_UP and PARKED say: a sink and a range of sequences, both ends included.
 *
 * @param millis when it was parked, in milliseconds since the epoch; else 0
 * @param reason why it was parked, at most {@value #MAX_REASON} characters; else empty
 */
record SinkMark(String sink, long first, long last, long millis, String reason) {

  static final int MAX_REASON = 500;

  SinkMark {
    Bounds.sinkName(sink);
    Bounds.length("reason", reason, MAX_REASON);
  }

  SinkMark(String sink, long first, long last) {
    this(sink, first, last, 0, "");
  }

  SinkMark parked(long when, String why) {
    return new SinkMark(
        sink, first, last, when, why.substring(0, Math.min(why.length(), MAX_REASON)));
  }

  boolean sameRange(SinkMark other) {
    return first == other.first && last == other.last;
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

  static SinkMark read(PayloadReader from) {
    int version = from.readByte();
    if (version < 1 || version > 2) {
      throw new IllegalArgumentException("sink mark layout " + version + " is of a later version");
    }
    SinkMark plain = new SinkMark(from.readString(), from.readVarint(), from.readVarint());
    return version == 1 ? plain : plain.parked(from.readSigned(), from.readString());
  }

  void write(DataOutput to) throws IOException {
    to.writeUTF(sink);
    to.writeLong(first);
    to.writeLong(last);
    to.writeLong(millis);
    to.writeUTF(reason);
  }

  static SinkMark read(DataInput from) throws IOException {
    return new SinkMark(
        from.readUTF(), from.readLong(), from.readLong(), from.readLong(), from.readUTF());
  }
}
