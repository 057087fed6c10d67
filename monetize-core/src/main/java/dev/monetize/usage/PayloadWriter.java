// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Writes numbers and strings into an array without allocating. Little-endian; varints are 7 bits a
 * byte, low bits first; a string is its length in bytes and UTF-8, in which a lone surrogate is
 * three bytes, so that every Java string comes back as it was. Not thread-safe.
 */
final class PayloadWriter {

  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private int position;

  PayloadWriter(byte[] bytes) {
    this.bytes = bytes;
  }

  void position(int position) {
    this.position = position;
  }

  int position() {
    return position;
  }

  void putByte(int value) {
    bytes[position++] = (byte) value;
  }

  void putLong(long value) {
    LONG.set(bytes, position, value);
    position += Long.BYTES;
  }

  void putBytes(byte[] value) {
    System.arraycopy(value, 0, bytes, position, value.length);
    position += value.length;
  }

  void putVarint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[position++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[position++] = (byte) rest;
  }

  /** A number of either sign, small ones short. */
  void putSigned(long value) {
    putVarint((value << 1) ^ (value >> 63));
  }

  /** Room that is enough for a string. */
  static int mostBytes(String value) {
    return 5 + 3 * value.length();
  }

  void putString(String value) {
    int length = value.length();
    int start = position;
    putVarint(length);
    byte[] to = bytes;
    int at = position;
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c >= 0x80) {
        position = start;
        putWide(value);
        return;
      }
      to[at + i] = (byte) c;
    }
    position = at + length;
  }

  private void putWide(String value) {
    putVarint(utf8Length(value));
    for (int i = 0; i < value.length(); ) {
      int point = value.codePointAt(i);
      i += Character.charCount(point);
      putCodePoint(point);
    }
  }

  private void putCodePoint(int point) {
    if (point < 0x80) {
      putByte(point);
    } else if (point < 0x800) {
      putByte(0xc0 | (point >> 6));
      putByte(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
      putByte(0xe0 | (point >> 12));
      putByte(0x80 | ((point >> 6) & 0x3f));
      putByte(0x80 | (point & 0x3f));
    } else {
      putByte(0xf0 | (point >> 18));
      putByte(0x80 | ((point >> 12) & 0x3f));
      putByte(0x80 | ((point >> 6) & 0x3f));
      putByte(0x80 | (point & 0x3f));
    }
  }

  private static int utf8Length(String value) {
    int length = 0;
    for (int i = 0; i < value.length(); ) {
      int point = value.codePointAt(i);
      i += Character.charCount(point);
      length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    }
    return length;
  }
}
