// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** Reads a buffer from its position on. */
final class BufferInput extends InputStream {

  private final ByteBuffer buffer;

  BufferInput(ByteBuffer buffer) {
    this.buffer = buffer;
  }

  @Override
  public int read() {
    return buffer.hasRemaining() ? buffer.get() & 0xff : -1;
  }

  @Override
  public int read(byte[] to, int from, int most) {
    if (most > 0 && !buffer.hasRemaining()) {
      return -1;
    }
    int length = Math.min(most, buffer.remaining());
    buffer.get(to, from, length);
    return length;
  }

  @Override
  public int available() {
    return buffer.remaining();
  }

  /** The next bytes, which are passed over. */
  ByteBuffer take(long length) throws IOException {
    if (length < 0 || length > buffer.remaining()) {
      throw new EOFException(length + " bytes are not there");
    }
    ByteBuffer taken = buffer.slice(buffer.position(), (int) length);
    buffer.position(buffer.position() + (int) length);
    return taken;
  }
}
