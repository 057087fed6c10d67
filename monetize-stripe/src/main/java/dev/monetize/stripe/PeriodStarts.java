// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.time.Instant;
import java.util.Optional;

/**
 * Where billing periods begin that do not begin on the full hour: the use of such an hour is
 * reported in two parts, so that each is on the right invoice. Called on several threads, also each
 * minute for whoever used something in the hour.
 */
@FunctionalInterface
public interface PeriodStarts {

  /** Of customers whose periods all begin on the full hour. */
  PeriodStarts ON_THE_HOUR = (customer, hour) -> Optional.empty();

  /**
   * When a customer's period begins within an hour.
   *
   * @param customer ours
   * @param hour the full hour (UTC)
   * @return a full second after it and before the next hour; empty if none begins there
   */
  Optional<Instant> within(String customer, Instant hour);
}
