// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import java.util.Objects;

/** What a limit may be called: callers see it in headers and problem bodies. */
final class LimitId {

  private static final int LONGEST = 100;

  private LimitId() {}

  static String check(String id) {
    Objects.requireNonNull(id, "id");
    if (id.isEmpty() || id.length() > LONGEST || !id.chars().allMatch(LimitId::plain)) {
      throw new IllegalArgumentException(
          "limit id must be 1 to %d printable ASCII characters without quotes, got \"%s\""
              .formatted(LONGEST, id));
    }
    return id;
  }

  private static boolean plain(int c) {
    return c > ' ' && c < 0x7f && c != '"' && c != '\\';
  }
}
