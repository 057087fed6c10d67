// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.DataInput;
import java.io.IOException;
import java.util.zip.CRC32C;

/**
 * Reads what {@link SnapshotWriter} wrote. What is none throws an {@link IOException} or, from
 * within a chunk, a {@link RuntimeException}; nothing read can be trusted before {@link #end}. Not
 * thread-safe.
 */
final class SnapshotReader {

  private final byte[] bytes = new byte[SnapshotWriter.CHUNK];
  private final PayloadReader reader = new PayloadReader(bytes);
  private final CRC32C crc = new CRC32C();
  private final DataInput from;

  SnapshotReader(DataInput from, String name, int version) throws IOException {
    this.from = from;
    reader.range(0, 0);
    String found = string();
    if (!found.equals(name)) {
      throw new IOException("this is no snapshot of \"" + name + "\"");
    }
    long written = varint();
    if (written != version) {
      throw new IOException(
          "version must be " + version + ", got " + written + " (of a later version?)");
    }
  }

  long varint() throws IOException {
    return next().readVarint();
  }

  /** A number that cannot be negative. */
  long count() throws IOException {
    long count = varint();
    if (count < 0) {
      throw new IOException("a number is greater than any that was written");
    }
    return count;
  }

  long signed() throws IOException {
    return next().readSigned();
  }

  String string() throws IOException {
    return next().readString();
  }

  /** Checks that nothing is left, and that all was as it was written. */
  void end() throws IOException {
    if (!reader.exhausted() || from.readInt() != 0) {
      throw new IOException("there is more than was expected");
    }
    if (from.readInt() != (int) crc.getValue()) {
      throw new IOException("its check does not fit");
    }
  }

  private PayloadReader next() throws IOException {
    if (reader.exhausted()) {
      int length = from.readInt();
      if (length < 1 || length > bytes.length) {
        throw new IOException("a chunk of " + length + " bytes is none");
      }
      from.readFully(bytes, 0, length);
      crc.update(bytes, 0, length);
      reader.range(0, length);
    }
    return reader;
  }
}
