// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.quota;

import dev.monetize.limit.Scope;

/** Units of a meter that a tier includes in each period, and what happens past them. */
public interface Quota {

  /**
   * Stable identity, under which use is kept, derived from meter, period and scope: {@code
   * calls/month}. Quotas with the same id share their use over tiers.
   */
  String id();

  /** The meter counted; {@code calls} counts calls. */
  String meter();

  /** Units included in each period, at least 0. */
  long included();

  /** The windows it is counted in. */
  QuotaPeriod period();

  /** What happens past {@link #included}. */
  PastQuota past();

  /** Whose use is counted. */
  Scope scope();

  /** Whether it only reports what it would have refused. */
  boolean shadow();

  /** A quota that blocks past what is included, for the customer over all its keys. */
  static Quota of(String meter, long included, QuotaPeriod period) {
    return new MeterQuota(
        meter, included, period, new PastQuota.Block(), Scope.CUSTOMER, /* shadow= */ false);
  }

  /** The same quota with something else past it. */
  default Quota withPast(PastQuota past) {
    return new MeterQuota(meter(), included(), period(), past, scope(), shadow());
  }
}
