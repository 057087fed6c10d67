// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * One record in memory, with what its check covers:
 *
 * <pre>
 * in memory: journal id 16 | segment 8 | length 4 | type 1 | sequence 8 | payload
 * on disk:                   length 4 | crc32c 4 | type 1 | sequence 8 | payload | 0 to a multiple of 8
 * </pre>
 *
 * <p>The length counts type, sequence and payload. The check covers all that is in memory, so that
 * a record of another journal, another segment or another place is none. Not thread-safe.
 */
final class RecordFrame {

  static final int MAX_PAYLOAD = 65_536;

  /** Bytes of a record on disk before its payload. */
  static final int OVERHEAD = 17;

  /** Bytes that any record takes on disk at least. */
  static final int LEAST = 24;

  private static final int LENGTH = 24;
  private static final int TYPE = 28;
  private static final int SEQUENCE = 29;
  private static final int PAYLOAD = 37;
  private static final int MIN_LENGTH = PAYLOAD - TYPE;

  private final byte[] bytes = new byte[PAYLOAD + MAX_PAYLOAD];
  private final CRC32C crc = new CRC32C();
  private final PayloadWriter writer = new PayloadWriter(bytes);
  private final PayloadReader reader = new PayloadReader(bytes);
  private int end = PAYLOAD;

  /** Says whose records these are, for all that follows. */
  void seed(UUID journal, long segment) {
    PayloadWriter.LONG.set(bytes, 0, journal.getMostSignificantBits());
    PayloadWriter.LONG.set(bytes, 8, journal.getLeastSignificantBits());
    PayloadWriter.LONG.set(bytes, 16, segment);
  }

  void event(UsageEvent event) {
    writer.position(PAYLOAD);
    EventPayload.write(event, writer);
    close(RecordType.EVENT);
  }

  void mark(SinkMark mark) {
    writer.position(PAYLOAD);
    mark.write(writer);
    close(RecordType.of(mark.kind()));
  }

  void note(byte[] note) {
    writer.position(PAYLOAD);
    writer.putBytes(note);
    close(RecordType.NOTE);
  }

  /**
   * Says that the records up to one are missing.
   *
   * @param size bytes that it takes on disk, a multiple of 8: zeros follow what it says
   */
  void gap(long last, int size) {
    writer.position(PAYLOAD);
    writer.putVarint(last);
    int rest = size - OVERHEAD - (writer.position() - PAYLOAD);
    writer.putBytes(new byte[Math.max(0, rest)]);
    close(RecordType.GAP);
  }

  private void close(RecordType type) {
    end = writer.position();
    bytes[TYPE] = type.code();
  }

  /** Bytes it takes on disk. */
  int size() {
    return size(end - TYPE);
  }

  private static int size(int length) {
    return (8 + length + 7) & ~7;
  }

  /** Puts the record at an offset; its length, which makes it one, comes last. */
  void put(ByteBuffer to, int offset, long sequence) {
    PayloadWriter.LONG.set(bytes, SEQUENCE, sequence);
    to.put(offset + 8, bytes, TYPE, end - TYPE);
    to.putInt(offset + 4, check());
    Segment.INT.setRelease(to, offset, end - TYPE);
  }

  /**
   * Takes the record at an offset.
   *
   * @return whether there is a whole one, of that sequence
   */
  boolean take(ByteBuffer from, int offset, long sequence) {
    if (offset + 8 + MIN_LENGTH > from.capacity()) {
      return false;
    }
    int length = from.getInt(offset);
    if (length < MIN_LENGTH
        || length > MIN_LENGTH + MAX_PAYLOAD
        || length > from.capacity() - offset - 8) {
      return false;
    }
    from.get(offset + 8, bytes, TYPE, length);
    end = TYPE + length;
    return from.getInt(offset + 4) == check()
        && (long) PayloadWriter.LONG.get(bytes, SEQUENCE) == sequence;
  }

  /** Where a record of a range of sequences begins, from an offset on; -1 if none is readable. */
  int find(ByteBuffer in, int from, long first, long behind) {
    for (int at = from; at + OVERHEAD <= in.capacity(); at += 8) {
      long sequence = in.getLong(at + 9);
      if (sequence >= first && sequence < behind && take(in, at, sequence)) {
        return at;
      }
    }
    return -1;
  }

  /**
   * Copies the record, as it was put last, into an array.
   *
   * @return bytes that it takes there, at most {@link #size}
   */
  int copyTo(byte[] to, int at) {
    PayloadWriter.INT.set(to, at, end - TYPE);
    System.arraycopy(bytes, TYPE, to, at + 4, end - TYPE);
    return 4 + end - TYPE;
  }

  /** Takes a record that was copied; bytes that it took there. */
  int takeCopy(byte[] from, int at) {
    int length = (int) PayloadWriter.INT.get(from, at);
    System.arraycopy(from, at + 4, bytes, TYPE, length);
    end = TYPE + length;
    return 4 + length;
  }

  /** Sequence of the record taken or put last. */
  long sequence() {
    return (long) PayloadWriter.LONG.get(bytes, SEQUENCE);
  }

  /** Sequence of the record behind the one taken last. */
  long following() {
    return 1 + (typeCode() == RecordType.GAP.code() ? payload().readVarint() : sequence());
  }

  private int check() {
    PayloadWriter.INT.set(bytes, LENGTH, end - TYPE);
    crc.reset();
    crc.update(bytes, 0, end);
    return (int) crc.getValue();
  }

  int typeCode() {
    return bytes[TYPE];
  }

  /** The payload of the record taken last. */
  PayloadReader payload() {
    reader.range(PAYLOAD, end);
    return reader;
  }
}
