// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.regex.Pattern;

/** Whole numbers, as they are written in tier files: digits, with underscores between them. */
final class Numbers {

  /** The most of anything that can be counted: 10^15, which a double still holds exactly. */
  static final long MOST = 1_000_000_000_000_000L;

  /** The shape of a number, for patterns that contain one. */
  static final String DIGITS = "[0-9]+(?:_[0-9]+)*";

  private static final Pattern NUMBER = Pattern.compile(DIGITS);
  private static final int LONGEST = 30;

  private Numbers() {}

  /** A number from 1 to {@link #MOST}. */
  static long read(String text) {
    return read(text, 1, MOST);
  }

  static long read(String text, long least, long most) {
    String expected = "expected a whole number from " + least + " to " + most;
    if (text.length() > LONGEST || !NUMBER.matcher(text).matches()) {
      throw new IllegalArgumentException(expected);
    }
    String digits = text.replace("_", "");
    if (digits.length() > 1 && digits.startsWith("0")) {
      throw new IllegalArgumentException(expected + ", without a zero before it");
    }
    if (digits.length() > 18) {
      throw new IllegalArgumentException(expected);
    }
    long number = Long.parseLong(digits);
    if (number < least || number > most) {
      throw new IllegalArgumentException(expected);
    }
    return number;
  }

  /** true or false. */
  static boolean readTruth(String text) {
    if (text.equals("true") || text.equals("false")) {
      return text.equals("true");
    }
    throw new IllegalArgumentException("expected true or false");
  }
}
