// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.util.Objects;
import java.util.regex.Pattern;

/** What the journal's records can hold. */
final class Bounds {

  private static final Pattern SINK = Pattern.compile("[a-z0-9_-]{1,40}");

  private Bounds() {}

  static void length(String field, String value, int most) {
    Objects.requireNonNull(value, field);
    if (value.length() > most) {
      throw new IllegalArgumentException(
          field
              + " must have at most "
              + most
              + " characters, got "
              + value.length()
              + " (\""
              + value.substring(0, 40)
              + "…\")");
    }
  }

  static void size(String field, int size, String customer) {
    if (size > UsageEvent.MAX_ITEMS) {
      throw new IllegalArgumentException(
          field
              + " must be at most "
              + UsageEvent.MAX_ITEMS
              + ", got "
              + size
              + " (customer \""
              + customer
              + "\")");
    }
  }

  static void sinkName(String name) {
    Objects.requireNonNull(name, "name");
    if (!SINK.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a sink's name must match " + SINK + ", got \"" + name + "\"");
    }
  }
}
