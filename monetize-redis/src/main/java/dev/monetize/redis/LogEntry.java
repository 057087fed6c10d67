// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.usage.JournalRecord;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A record as the log has it: from which instance, and the how manieth of that it is, before its
 * bytes. So one that was sent again after a failover, and seen before, is known.
 */
record LogEntry(long sequence, long instance, long number, JournalRecord record) {

  static final int HEADER = 16;

  /** What is kept of it in the log, but the sequence. */
  static byte[] bytes(long instance, long number, byte[] record) {
    return ByteBuffer.allocate(HEADER + record.length)
        .putLong(instance)
        .putLong(number)
        .put(record)
        .array();
  }

  /**
   * From what the log has.
   *
   * @param answer the stream's: an id, and a field with its value
   * @throws IllegalArgumentException if it is no record
   */
  static LogEntry of(Object answer) {
    if (answer instanceof List<?> entry
        && entry.size() == 2
        && entry.get(0) instanceof byte[] id
        && entry.get(1) instanceof List<?> fields
        && fields.size() == 2
        && fields.get(1) instanceof byte[] value
        && value.length > HEADER) {
      ByteBuffer bytes = ByteBuffer.wrap(value);
      long instance = bytes.getLong();
      long number = bytes.getLong();
      byte[] record = new byte[bytes.remaining()];
      bytes.get(record);
      return new LogEntry(sequence(id), instance, number, JournalRecord.of(record));
    }
    throw new IllegalArgumentException("the stream has an entry that is no record of a journal");
  }

  /** Of {@code 0-<sequence>}. */
  private static long sequence(byte[] id) {
    long sequence = 0;
    for (int i = 2; i < id.length; i++) {
      sequence = sequence * 10 + (id[i] - '0');
    }
    return sequence;
  }
}
