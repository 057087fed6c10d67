// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;

/** Letters and digits, in ASCII order; a double click selects all of them. */
final class Base62 {

  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int BASE = DIGITS.length();
  private static final byte[] VALUES = values();

  private Base62() {}

  private static byte[] values() {
    byte[] values = new byte[128];
    Arrays.fill(values, (byte) -1);
    for (int i = 0; i < BASE; i++) {
      values[DIGITS.charAt(i)] = (byte) i;
    }
    return values;
  }

  /** The value of a digit, or -1 of any other character. */
  static int value(char c) {
    return c < VALUES.length ? VALUES[c] : -1;
  }

  /** So many random digits, all equally likely. */
  static String random(SecureRandom random, int length) {
    StringBuilder out = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      out.append(DIGITS.charAt(random.nextInt(BASE)));
    }
    return out.toString();
  }

  /** A number of at least 0 in so many digits, the highest first. */
  static String digits(long number, int length) {
    char[] out = new char[length];
    long rest = number;
    for (int i = length - 1; i >= 0; i--) {
      out[i] = DIGITS.charAt((int) (rest % BASE));
      rest /= BASE;
    }
    return new String(out);
  }

  /** The lowest digits of a number of at least 0, so many, the highest of them first. */
  static String digits(BigInteger number, int length) {
    BigInteger base = BigInteger.valueOf(BASE);
    char[] out = new char[length];
    BigInteger rest = number;
    for (int i = length - 1; i >= 0; i--) {
      BigInteger[] parts = rest.divideAndRemainder(base);
      out[i] = DIGITS.charAt(parts[1].intValue());
      rest = parts[0];
    }
    return new String(out);
  }

  /** The number that a text's digits say from an index to its end, or -1 if one is none. */
  static long number(String text, int from) {
    long number = 0;
    for (int i = from; i < text.length(); i++) {
      int digit = value(text.charAt(i));
      if (digit < 0) {
        return -1;
      }
      number = number * BASE + digit;
    }
    return number;
  }
}
