// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.util.Objects;

/**
 * Usage that was sent to Stripe as one meter event.
 *
 * @param units in the meter's smallest unit
 * @param identifier what it was called at Stripe; names it to {@link StripeUsageSink#retry(String)}
 */
public record ReportedUsage(UsageWindow window, long units, String identifier) {

  public ReportedUsage {
    Objects.requireNonNull(window, "window");
    Objects.requireNonNull(identifier, "identifier");
  }
}
