// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What the disk gives of a file that it does not give all of: a copy, with zeros for the rest. */
record LegibleFile(JournalFile file, ByteBuffer buffer) implements JournalFile {

  /** What systems read at once: none of it is given if any is not. */
  private static final int PAGE = 4096;

  /** The file itself, if all of it is readable. */
  static JournalFile of(JournalFile file) throws IOException {
    int unreadable = file.unreadable(0, file.buffer().capacity());
    return unreadable < 0 ? file : new LegibleFile(file, copy(file, unreadable));
  }

  private static ByteBuffer copy(JournalFile file, int unreadable) throws IOException {
    ByteBuffer bytes = file.buffer();
    int size = bytes.capacity();
    ByteBuffer copy = ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
    int from = 0;
    int end = unreadable;
    while (end >= 0) {
      copy.put(from, bytes, from, end - from);
      from = Math.min(size, (end / PAGE + 1) * PAGE);
      end = file.unreadable(from, size);
    }
    return copy.put(from, bytes, from, size - from);
  }

  /**
   * Refuses a range of which the disk does not give all.
   *
   * @throws JournalDamagedException if there is such
   */
  static void check(JournalFile file, int end) throws IOException {
    int at = file.unreadable(0, end);
    if (at >= 0) {
      throw JournalDamagedException.lost(file, at, "the disk does not give what is there");
    }
  }

  @Override
  public void force(int from, int length) throws IOException {
    throw new IOException(file + " is only a copy");
  }

  @Override
  public void close() {
    file.close();
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
