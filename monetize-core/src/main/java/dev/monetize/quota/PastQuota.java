// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.quota;

import java.time.Duration;
import java.util.OptionalLong;

/** What happens to calls past the included quota. */
public sealed interface PastQuota {

  /** They are refused until the quota's next window. */
  record Block() implements PastQuota {}

  /**
   * They are served and billed as overage.
   *
   * @param cap units in a window, the included ones among them, past which calls are refused after
   *     all; empty for none
   */
  record Bill(OptionalLong cap) implements PastQuota {}

  /**
   * They are served at a lower rate.
   *
   * @param permits calls per period
   */
  record Throttle(long permits, Duration period) implements PastQuota {}
}
