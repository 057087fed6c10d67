// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file of a {@link JournalStorage}. Its {@code toString} says which, for messages. */
public interface JournalFile extends AutoCloseable {

  /**
   * All bytes of the file, always the same buffer: direct, little-endian, of the file's size. What
   * is put there belongs to the file at once, but is not durable.
   */
  ByteBuffer buffer();

  /**
   * Makes bytes durable, at least these. After a failure nobody knows which ones are, and asking
   * again proves nothing.
   */
  void force(int from, int length) throws IOException;

  /**
   * Reads a range, to find what the disk does not give: to touch that in the buffer fails late, in
   * another place, with an {@link InternalError}.
   *
   * @return offset of the first byte of it, -1 if there is none
   * @throws IOException if that cannot be found out
   */
  default int unreadable(int from, int end) throws IOException {
    return -1;
  }

  /** Lets it go; the buffer may not be touched after that. */
  @Override
  void close();
}
