// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Limit;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.WindowLimit;
import dev.monetize.tier.Tier;
import java.time.Duration;

/** Refusals in words. */
final class LimitText {

  private LimitText() {}

  static Reason reason(Limit limit) {
    if (limit instanceof WindowLimit) {
      return Reason.QUOTA_EXCEEDED;
    }
    return limit instanceof ConcurrencyLimit ? Reason.TOO_MANY_CONCURRENT : Reason.RATE_LIMITED;
  }

  static String refusal(Limit limit, Tier tier) {
    if (limit instanceof RateLimit rate) {
      return "Tier \"%s\" allows %d calls per %s (limit \"%s\"%s)."
          .formatted(
              tier.name(),
              rate.permits(),
              period(rate.period()),
              rate.id(),
              rate.pastQuota() == null ? "" : ", past the quota \"" + rate.pastQuota() + "\"");
    }
    if (limit instanceof WindowLimit quota) {
      return "The quota \"%s\" of tier \"%s\" (%d) is used up."
          .formatted(quota.id(), tier.name(), quota.ceiling());
    }
    return "Tier \"%s\" allows %d calls at the same time."
        .formatted(tier.name(), ((ConcurrencyLimit) limit).max());
  }

  private static String period(Duration period) {
    long seconds = period.toSeconds();
    if (period.equals(Duration.ofSeconds(1))) {
      return "second";
    }
    if (period.equals(Duration.ofMinutes(1))) {
      return "minute";
    }
    if (period.equals(Duration.ofHours(1))) {
      return "hour";
    }
    if (period.equals(Duration.ofDays(1))) {
      return "day";
    }
    return period.toMillis() % 1000 == 0 ? seconds + " seconds" : period.toMillis() + " ms";
  }
}
