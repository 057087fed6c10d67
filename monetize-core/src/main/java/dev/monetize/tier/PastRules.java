// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.limit.Scope;
import dev.monetize.quota.PastQuota;
import dev.monetize.quota.QuotaPeriod;
import java.util.Comparator;
import java.util.OptionalLong;

/**
 * Decides what happens past each quota of a tier: what the quota says, else what the tier says,
 * else {@code bill} where its meter has an overage price, else {@code block}.
 *
 * <p>Where a meter has several quotas, only one can bill, else a unit would be paid for twice: the
 * one that says so, else the longest. The others block.
 */
final class PastRules {

  private PastRules() {}

  static PastQuota decide(TierTerms terms, QuotaTerm quota) {
    PastQuota decided = withoutCap(terms, quota);
    Long cap = terms.caps.get(quota.meter());
    return cap != null && decided instanceof PastQuota.Bill
        ? new PastQuota.Bill(OptionalLong.of(cap))
        : decided;
  }

  /** What happens past a quota, whatever cap the customer has set for itself. */
  static PastQuota withoutCap(TierTerms terms, QuotaTerm quota) {
    if (quota.past() != null) {
      return quota.past();
    }
    if (terms.past != null && !(terms.past instanceof PastQuota.Bill)) {
      return terms.past;
    }
    if (!bills(terms, quota)) {
      return new PastQuota.Block();
    }
    return terms.past == null ? new PastQuota.Bill(OptionalLong.empty()) : terms.past;
  }

  private static boolean bills(TierTerms terms, QuotaTerm quota) {
    boolean wanted = terms.past != null || terms.overage.containsKey(quota.meter());
    return wanted
        && terms.quotas.stream()
            .map(Setting::value)
            .filter(other -> other.meter().equals(quota.meter()))
            .max(
                Comparator.<QuotaTerm, Boolean>comparing(t -> t.past() instanceof PastQuota.Bill)
                    .thenComparing(t -> t.scope() == Scope.CUSTOMER)
                    .thenComparing(t -> hours(t.period())))
            .filter(quota::equals)
            .isPresent();
  }

  private static long hours(QuotaPeriod period) {
    return period.count()
        * switch (period.unit()) {
          case HOUR -> 1L;
          case DAY -> 24L;
          case WEEK -> 7 * 24L;
          case MONTH -> 30 * 24L;
          case YEAR -> 365 * 24L;
        };
  }
}
