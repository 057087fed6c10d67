// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.quota;

import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Scope;
import dev.monetize.limit.WindowLimit;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the limiter holds a caller to for a quota. */
final class QuotaLimits {

  private QuotaLimits() {}

  static WindowLimit window(Quota quota, @Nullable Instant anchor) {
    return new WindowLimit(
        quota.id(),
        quota.included(),
        ceiling(quota),
        quota.period().windows(anchor),
        quota.scope(),
        quota.shadow());
  }

  private static long ceiling(Quota quota) {
    if (quota.past() instanceof PastQuota.Bill bill) {
      return bill.cap().orElse(Long.MAX_VALUE);
    }
    return quota.past() instanceof PastQuota.Block ? quota.included() : Long.MAX_VALUE;
  }

  static RateLimit throttle(
      String quotaId, PastQuota.Throttle throttle, Scope scope, boolean shadow) {
    RateLimit limit =
        RateLimit.of(quotaId + ":throttle", throttle.permits(), throttle.period())
            .onlyPast(quotaId);
    RateLimit scoped = scope == Scope.KEY ? limit.perKey() : limit;
    return shadow ? scoped.inShadow() : scoped;
  }
}
