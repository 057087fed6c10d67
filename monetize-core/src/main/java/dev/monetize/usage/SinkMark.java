// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

/** What SEAL, SENT and GIVEN_UP say: a sink and a range of sequences, both ends included. */
record SinkMark(String sink, long first, long last) {

  SinkMark {
    Bounds.sinkName(sink);
  }

  void write(PayloadWriter to) {
    to.putByte(1);
    to.putString(sink);
    to.putVarint(first);
    to.putVarint(last);
  }

  static SinkMark read(PayloadReader from) {
    int version = from.readByte();
    if (version != 1) {
      throw new IllegalArgumentException("sink mark layout " + version + " is of a later version");
    }
    return new SinkMark(from.readString(), from.readVarint(), from.readVarint());
  }
}
