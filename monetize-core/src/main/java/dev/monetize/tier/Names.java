// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names of tiers, meters, limits and features. */
final class Names {

  static final String CALLS = "calls";

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,39}");

  private Names() {}

  /** Why it is no name, or null. */
  static @Nullable String fault(String name) {
    return NAME.matcher(name).matches()
        ? null
        : "expected a name of 1 to 40 of a-z, 0-9, _ and -, such as tokens_in";
  }

  static String read(String name) {
    String fault = fault(name);
    if (fault != null) {
      throw new IllegalArgumentException(fault);
    }
    return name;
  }
}
