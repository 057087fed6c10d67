// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.limit.Scope;
import dev.monetize.quota.PastQuota;
import dev.monetize.quota.Quota;
import dev.monetize.quota.QuotaPeriod;
import org.jspecify.annotations.Nullable;

/**
 * A quota before it is known what happens past it.
 *
 * @param past null where the tier decides
 */
record QuotaTerm(
    String meter,
    long included,
    QuotaPeriod period,
    @Nullable PastQuota past,
    Scope scope,
    boolean shadow) {

  static QuotaTerm of(Quota quota) {
    return new QuotaTerm(
        quota.meter(),
        quota.included(),
        quota.period(),
        quota.past(),
        quota.scope(),
        quota.shadow());
  }

  /** The same with another allowance; its windows begin where they did. */
  QuotaTerm allowing(Allowance allowance) {
    QuotaPeriod same =
        new QuotaPeriod(allowance.count(), allowance.unit(), period.start(), period.zone());
    return new QuotaTerm(meter, allowance.units(), same, past, scope, shadow);
  }

  /** Whether it is counted in periods of this length. */
  boolean lasts(Allowance allowance) {
    return period.count() == allowance.count() && period.unit() == allowance.unit();
  }

  /** The quota, once the tier has decided. */
  Quota toQuota(PastQuota decided) {
    Quota quota = Quota.of(meter, included, period).withPast(decided);
    quota = scope == Scope.KEY ? quota.perKey() : quota;
    return shadow ? quota.inShadow() : quota;
  }
}
