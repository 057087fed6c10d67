// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.quota;

import java.time.Duration;
import java.util.Objects;
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
  record Bill(OptionalLong cap) implements PastQuota {

    public Bill {
      Objects.requireNonNull(cap, "cap");
      if (cap.isPresent() && cap.getAsLong() < 0) {
        throw new IllegalArgumentException(
            "overage cap must not be negative, got " + cap.getAsLong());
      }
    }
  }

  /**
   * They are served at a lower rate.
   *
   * @param permits calls per period
   */
  record Throttle(long permits, Duration period) implements PastQuota {

    public Throttle {
      Objects.requireNonNull(period, "period");
      if (permits < 1) {
        throw new IllegalArgumentException("throttle must be at least 1 call, got " + permits);
      }
    }
  }
}
