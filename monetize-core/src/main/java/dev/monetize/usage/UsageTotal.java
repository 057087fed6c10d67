// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;

/**
 * Units of a customer in a meter in one hour.
 *
 * @param hourStart the full hour (UTC) that the calls were admitted in
 * @param units in the meter's smallest unit
 */
public record UsageTotal(String customer, String meter, Instant hourStart, long units)
    implements Comparable<UsageTotal> {

  private static final Comparator<UsageTotal> ORDER =
      Comparator.comparing(UsageTotal::customer)
          .thenComparing(UsageTotal::meter)
          .thenComparing(UsageTotal::hourStart)
          .thenComparingLong(UsageTotal::units);

  public UsageTotal {
    Objects.requireNonNull(customer, "customer");
    Objects.requireNonNull(meter, "meter");
    Objects.requireNonNull(hourStart, "hourStart");
  }

  /** By customer, meter, hour. */
  @Override
  public int compareTo(UsageTotal other) {
    return ORDER.compare(this, other);
  }
}
