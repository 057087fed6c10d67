// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import java.util.Objects;

/**
 * A number of units in each window of time; what a quota is, seen by the limiter.
 *
 * @param included units that are shown as the allowance
 * @param ceiling units past which calls are refused, at least {@code included}; {@link
 *     Long#MAX_VALUE} where nothing is refused
 * @param windows where a window ends and the next begins
 */
public record WindowLimit(
    String id, long included, long ceiling, Windows windows, Scope scope, boolean shadow)
    implements Limit {

  public WindowLimit {
    LimitId.check(id);
    Objects.requireNonNull(windows, "windows");
    Objects.requireNonNull(scope, "scope");
    if (included < 0 || ceiling < included) {
      throw new IllegalArgumentException(
          "quota must be 0 <= included <= ceiling, got %d and %d (limit \"%s\")"
              .formatted(included, ceiling, id));
    }
  }
}
