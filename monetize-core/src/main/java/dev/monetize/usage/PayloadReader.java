// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link PayloadWriter} wrote. Strings that come again and again are given out as the
 * same instance. Not thread-safe.
 */
final class PayloadReader {

  private static final int CACHED = 4096;
  private static final long MIXING = 0x9e3779b97f4a7c15L;

  /** Which of eight bytes are not ASCII. */
  private static final long SIGNS = 0x8080808080808080L;

  private final byte[] bytes;
  private final @Nullable String[] cache;
  private int position;
  private int end;

  PayloadReader(byte[] bytes) {
    this(bytes, CACHED);
  }

  private PayloadReader(byte[] bytes, int cached) {
    this.bytes = bytes;
    this.cache = new @Nullable String[cached];
  }

  /** Of a single record, all of it. */
  static PayloadReader once(byte[] bytes) {
    PayloadReader reader = new PayloadReader(bytes, 1);
    reader.range(0, bytes.length);
    return reader;
  }

  /** Limits reading to a range. Reading past it throws {@link IndexOutOfBoundsException}. */
  void range(int from, int to) {
    position = from;
    end = to;
  }

  boolean exhausted() {
    return position == end;
  }

  int readByte() {
    return bytes[advance(1)] & 0xff;
  }

  long readLong() {
    return (long) PayloadWriter.LONG.get(bytes, advance(Long.BYTES));
  }

  long readVarint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = readByte();
      value |= (long) (next & 0x7f) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number is longer than 64 bits");
  }

  long readSigned() {
    long value = readVarint();
    return (value >>> 1) ^ -(value & 1);
  }

  int readCount() {
    long count = readVarint();
    if (count < 0 || count > end - position) {
      throw new IllegalArgumentException("a count of " + count + " exceeds the record");
    }
    return (int) count;
  }

  String readString() {
    int length = readCount();
    int start = advance(length);
    long hash = 0;
    long signs = 0;
    int at = start;
    for (; at + Long.BYTES <= start + length; at += Long.BYTES) {
      long eight = (long) PayloadWriter.LONG.get(bytes, at);
      hash = (hash ^ eight) * MIXING;
      hash ^= hash >>> 32;
      signs |= eight;
    }
    for (; at < start + length; at++) {
      hash = 31 * hash + bytes[at];
      signs |= bytes[at];
    }
    if ((signs & SIGNS) != 0) {
      return wide(start, length);
    }
    int slot = (int) ((hash * MIXING) >>> 32) & (cache.length - 1);
    String cached = cache[slot];
    if (cached == null || !same(cached, start, length)) {
      cached = ascii(start, length);
      cache[slot] = cached;
    }
    return cached;
  }

  byte[] readRest() {
    byte[] rest = Arrays.copyOfRange(bytes, position, end);
    position = end;
    return rest;
  }

  private int advance(int count) {
    int from = position;
    if (count > end - from) {
      throw new IndexOutOfBoundsException("the record ends within a field");
    }
    position = from + count;
    return from;
  }

  private boolean same(String text, int start, int length) {
    if (text.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (text.charAt(i) != bytes[start + i]) {
        return false;
      }
    }
    return true;
  }

  private String ascii(int start, int length) {
    return new String(bytes, start, length, StandardCharsets.ISO_8859_1);
  }

  private String wide(int start, int length) {
    StringBuilder text = new StringBuilder(length);
    int saved = position;
    position = start;
    while (position < saved) {
      text.appendCodePoint(readCodePoint());
    }
    position = saved;
    return text.toString();
  }

  private int readCodePoint() {
    int first = readByte();
    if (first < 0x80) {
      return first;
    }
    int more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    int point = first & (0x3f >> more);
    for (int i = 0; i < more; i++) {
      point = (point << 6) | (readByte() & 0x3f);
    }
    return point;
  }
}
