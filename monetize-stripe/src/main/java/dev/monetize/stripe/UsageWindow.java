// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;

/**
 * What is reported to Stripe as one: the use of a customer in a meter in an hour, or in the part of
 * an hour on one side of the end of a billing period.
 *
 * @param customer ours
 * @param meter ours
 * @param start its first second: the full hour (UTC), or where a period began within it
 */
public record UsageWindow(String customer, String meter, Instant start)
    implements Comparable<UsageWindow> {

  private static final Comparator<UsageWindow> ORDER =
      Comparator.comparing(UsageWindow::start)
          .thenComparing(UsageWindow::customer)
          .thenComparing(UsageWindow::meter);

  public UsageWindow {
    Objects.requireNonNull(customer, "customer");
    Objects.requireNonNull(meter, "meter");
    Objects.requireNonNull(start, "start");
  }

  /** One before all that begin then. */
  static UsageWindow first(Instant start) {
    return new UsageWindow("", "", start);
  }

  /** By time, customer, meter. */
  @Override
  public int compareTo(UsageWindow other) {
    return ORDER.compare(this, other);
  }
}
