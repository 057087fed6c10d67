// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.time.Instant;
import java.util.Objects;

/**
 * Usage that Stripe does not take, or that it may have taken: it is kept until somebody decides.
 *
 * @param number names it to {@link StripeUsageSink#retry(long)} and {@link StripeUsageSink#drop}
 * @param units in the meter's smallest unit
 * @param identifier what it was called at Stripe
 * @param since when it was put aside
 */
public record ParkedUsage(
    long number, UsageWindow window, long units, String identifier, Instant since, String reason) {

  public ParkedUsage {
    Objects.requireNonNull(window, "window");
    Objects.requireNonNull(identifier, "identifier");
    Objects.requireNonNull(since, "since");
    Objects.requireNonNull(reason, "reason");
  }
}
