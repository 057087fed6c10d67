// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds a header's value in a buffer that is used again. Takes ASCII only. Not thread-safe. */
final class HeaderText {

  private static final int LONGEST_NUMBER = 20;

  private byte[] bytes = new byte[256];
  private int length;

  HeaderText clear() {
    length = 0;
    return this;
  }

  HeaderText append(String text) {
    int size = text.length();
    room(size);
    for (int i = 0; i < size; i++) {
      bytes[length++] = (byte) text.charAt(i);
    }
    return this;
  }

  /** Appends a number that is not negative. */
  HeaderText append(long number) {
    room(LONGEST_NUMBER);
    int end = length + digits(number);
    long rest = number;
    for (int i = end - 1; i >= length; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length = end;
    return this;
  }

  private static int digits(long number) {
    int digits = 1;
    for (long rest = number / 10; rest > 0; rest /= 10) {
      digits++;
    }
    return digits;
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, 2 * (length + more));
    }
  }

  @Override
  public String toString() {
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }
}
