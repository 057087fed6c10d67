// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.time.Instant;
import java.util.Objects;

/**
 * What was used in a span of time.
 *
 * @param start where it begins
 * @param end where it ends, not included
 * @param units in the meter's smallest unit, or as its {@link Aggregation} says; at least 0
 * @param certainty what that number is worth
 */
public record UsagePoint(Instant start, Instant end, long units, Certainty certainty) {

  /** What a number is worth. */
  public enum Certainty {
    /** It is the number. */
    EXACT,
    /**
     * It is this or more: there were more values than are kept, it exceeds a {@code long}, or hours
     * were counted before the meter had its present aggregation.
     */
    AT_LEAST,
    /** Nothing is known to have been counted; units are 0. */
    NOTHING
  }

  public UsagePoint {
    Objects.requireNonNull(start, "start");
    Objects.requireNonNull(end, "end");
    Objects.requireNonNull(certainty, "certainty");
  }
}
