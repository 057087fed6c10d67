// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.util.regex.Pattern;

/** What ids and texts may look like; each check returns its value, or names value and bound. */
final class Valid {

  private static final int SHOWN = 60;
  private static final Pattern ID = Pattern.compile("[!-~]{1,128}");

  private Valid() {}

  /** An id: stands in logs, headers and URLs as it is. */
  static String id(String what, String value) {
    if (!ID.matcher(value).matches()) {
      throw new IllegalArgumentException(
          what + " must be 1 to 128 visible ASCII characters, without spaces, got " + shown(value));
    }
    return value;
  }

  /** A text for people: bounded, on one line, and encodable. */
  static String text(String what, String value, int max) {
    if (value.length() > max) {
      throw new IllegalArgumentException(
          what + " must have at most " + max + " characters, got " + value.length());
    }
    if (!value.codePoints().allMatch(Valid::printable)) {
      throw new IllegalArgumentException(
          what + " must have no control characters or line breaks, got " + shown(value));
    }
    return value;
  }

  private static boolean printable(int codePoint) {
    int type = Character.getType(codePoint);
    return type != Character.CONTROL
        && type != Character.SURROGATE
        && type != Character.LINE_SEPARATOR
        && type != Character.PARAGRAPH_SEPARATOR;
  }

  /** Quoted for a message: cut, and with nothing in it that could forge a log line. */
  static String shown(String value) {
    StringBuilder out = new StringBuilder("\"");
    value
        .codePoints()
        .limit(SHOWN)
        .forEach(
            c -> {
              if (printable(c)) {
                out.appendCodePoint(c);
              } else {
                out.append(String.format("\\u%04x", c));
              }
            });
    return out.append(value.codePointCount(0, value.length()) > SHOWN ? "…\"" : "\"").toString();
  }
}
