// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

/** CRC-32 (ISO-HDLC, that of zip), a character at a time: without an object to allocate. */
final class Crc {

  /** The state before the first character. */
  static final int START = -1;

  private static final int POLYNOMIAL = 0xEDB88320;
  private static final int[] TABLE = table();

  private Crc() {}

  private static int[] table() {
    int[] table = new int[256];
    for (int i = 0; i < table.length; i++) {
      int crc = i;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) != 0 ? crc >>> 1 ^ POLYNOMIAL : crc >>> 1;
      }
      table[i] = crc;
    }
    return table;
  }

  /** The state after one more ASCII character. */
  static int step(int state, char c) {
    return state >>> 8 ^ TABLE[(state ^ c) & 0xFF];
  }

  /** The state after an ASCII text. */
  static int steps(int state, String text) {
    int after = state;
    for (int i = 0; i < text.length(); i++) {
      after = step(after, text.charAt(i));
    }
    return after;
  }

  /** The checksum that a state stands for, 0 to 2^32 - 1. */
  static long value(int state) {
    return ~state & 0xFFFF_FFFFL;
  }
}
