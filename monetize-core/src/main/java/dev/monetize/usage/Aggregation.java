// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.util.Locale;

/** How the units of a meter that were counted in a span of time become one number. */
public enum Aggregation {
  /** All of them added up: the default, and what quotas and prices always use. */
  SUM,

  /** How many events counted in the meter, with 0 units too. */
  COUNT,

  /** The most units of an event. */
  MAX,

  /** The fewest units of an event. */
  MIN,

  /** The units of the latest event: by its time, among equal times by its place in the journal. */
  LAST,

  /**
   * How many different units there were, where units are no quantity but the identity of something:
   * a user, a device. Give text as 63 bits of a good hash of it. Exact up to {@link #MOST_VALUES}
   * in an hour; what exceeds that is told as {@link UsagePoint.Certainty#AT_LEAST}.
   */
  UNIQUE,

  /**
   * Units held over time, in unit × seconds, rounded down: the units of an event hold from its time
   * until that of the next one, however much later, and until now after the last. Of events at the
   * same time the last in the journal holds. Exact for up to {@link #MOST_VALUES} times in an hour;
   * an hour that exceeds that counts nothing, and is told as {@link UsagePoint.Certainty#AT_LEAST}.
   */
  TIME_WEIGHTED_SUM;

  /**
   * How many values of {@link #UNIQUE}, or times of {@link #TIME_WEIGHTED_SUM}, are kept per
   * customer, meter and hour. A value takes 12 to 24 bytes, a time 24 to 48.
   */
  public static final int MOST_VALUES = 4096;

  /** As it is written in a tier file: {@code time_weighted_sum}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
