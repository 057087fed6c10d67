// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.time.Instant;
import java.util.Optional;

/**
 * Where billing periods begin: the use of an hour in which one does is reported in two parts, so
 * that each is on the right invoice, and what was used before soon after, since that invoice is
 * final an hour later. Called on several threads, also each minute for whoever used something that
 * is not reported yet.
 */
@FunctionalInterface
public interface PeriodStarts {

  /** Of customers whose periods all begin on a full hour, whichever. */
  PeriodStarts ON_THE_HOUR = (customer, hour) -> Optional.of(hour);

  /**
   * When a customer's period begins within an hour.
   *
   * @param customer ours
   * @param hour the full hour (UTC)
   * @return a full second from the hour on and before the next one; empty if none begins there
   */
  Optional<Instant> within(String customer, Instant hour);
}
