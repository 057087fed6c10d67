// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.DataOutput;
import java.io.IOException;
import java.util.zip.CRC32C;

/**
 * Writes a state as a stream that tells its own end:
 *
 * <pre>
 * chunks: length 4 | bytes          the first begins with the state's name and version
 * end:    0 4      | crc32c of all bytes in chunks 4
 * </pre>
 *
 * <p>No number or string is ever cut in two by a chunk's end, so that whoever reads believes no
 * length that is greater than what lies there. Not thread-safe.
 */
final class SnapshotWriter {

  static final int CHUNK = 8192;

  /** Enough for the longest string that an event can have, three bytes a character. */
  private static final int LONGEST = 3 * UsageEvent.MAX_ENDPOINT + 10;

  private final byte[] bytes = new byte[CHUNK];
  private final PayloadWriter writer = new PayloadWriter(bytes);
  private final CRC32C crc = new CRC32C();
  private final DataOutput to;

  SnapshotWriter(DataOutput to, String name, int version) throws IOException {
    this.to = to;
    string(name);
    varint(version);
  }

  void varint(long value) throws IOException {
    makeRoom();
    writer.putVarint(value);
  }

  /** A number of either sign, small ones short. */
  void signed(long value) throws IOException {
    makeRoom();
    writer.putSigned(value);
  }

  void string(String value) throws IOException {
    makeRoom();
    writer.putString(value);
  }

  void end() throws IOException {
    flush();
    to.writeInt(0);
    to.writeInt((int) crc.getValue());
  }

  private void makeRoom() throws IOException {
    if (writer.position() > CHUNK - LONGEST) {
      flush();
    }
  }

  private void flush() throws IOException {
    int length = writer.position();
    if (length > 0) {
      to.writeInt(length);
      to.write(bytes, 0, length);
      crc.update(bytes, 0, length);
      writer.position(0);
    }
  }
}
