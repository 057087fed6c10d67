// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.time.Instant;
import java.util.Objects;

/**
 * The time of use of which the processes before this one may not have told what it reached.
 *
 * @param first when the first of it was
 * @param last when the last of it was
 */
public record Untold(Instant first, Instant last) {

  public Untold {
    Objects.requireNonNull(first, "first");
    Objects.requireNonNull(last, "last");
  }
}
