// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import java.util.Objects;

/**
 * At most {@code max} calls under way at once. A call holds its permit from admission until it is
 * settled.
 *
 * @param max calls under way at the same time, at least 1
 */
public record ConcurrencyLimit(String id, int max, Scope scope, boolean shadow) implements Limit {

  public ConcurrencyLimit {
    LimitId.check(id);
    Objects.requireNonNull(scope, "scope");
    if (max < 1) {
      throw new IllegalArgumentException(
          "concurrency must be at least 1, got " + max + " (limit \"" + id + "\")");
    }
  }
}
