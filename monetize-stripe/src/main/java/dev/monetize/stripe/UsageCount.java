// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.time.Instant;

/** What the ledger counted; {@code ledger::units} is one. */
@FunctionalInterface
public interface UsageCount {

  /**
   * Units of a customer in a meter.
   *
   * @param customer ours
   * @param meter ours
   * @param from a full hour
   * @param to a full hour, not included
   */
  long units(String customer, String meter, Instant from, Instant to);
}
