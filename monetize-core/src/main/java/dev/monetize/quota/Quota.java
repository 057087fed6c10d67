// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.quota;

import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Scope;
import dev.monetize.limit.WindowLimit;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Units of a meter that a tier includes in each period, and what happens past them. */
public interface Quota {

  /**
   * Stable identity, under which use is kept, derived from meter, period and scope: {@code
   * calls/month}, {@code tokens/7day@Europe/Berlin:calendar:key}. Quotas with the same id share
   * their use over tiers.
   */
  String id();

  /** The meter of the quota with an id. */
  static String meterOf(String id) {
    int slash = id.indexOf('/');
    return slash < 0 ? id : id.substring(0, slash);
  }

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

  /**
   * A quota that blocks past what is included, for the customer over all its keys.
   *
   * @param meter 1 to 40 of {@code a-z}, {@code 0-9}, {@code _}, {@code .} and {@code -}
   */
  static Quota of(String meter, long included, QuotaPeriod period) {
    return new MeterQuota(
        meter, included, period, new PastQuota.Block(), Scope.CUSTOMER, /* shadow= */ false);
  }

  /**
   * The same quota with something else past it.
   *
   * @throws IllegalArgumentException if a cap lies below what is included, or a throttle is no rate
   *     that can be kept (see {@link RateLimit})
   */
  default Quota withPast(PastQuota past) {
    return new MeterQuota(meter(), included(), period(), past, scope(), shadow());
  }

  /** The same quota for each key. */
  default Quota perKey() {
    return new MeterQuota(meter(), included(), period(), past(), Scope.KEY, shadow());
  }

  /** The same quota, reporting only. */
  default Quota inShadow() {
    return new MeterQuota(meter(), included(), period(), past(), scope(), true);
  }

  /**
   * The limit that counts it, under the quota's {@link #id}.
   *
   * @param anchor the subscription's billing anchor, or null where it has none
   */
  default WindowLimit toLimit(@Nullable Instant anchor) {
    return QuotaLimits.window(this, anchor);
  }

  /** The rate that calls past it are held to, if it throttles; belongs beside {@link #toLimit}. */
  default Optional<RateLimit> toThrottle() {
    return past() instanceof PastQuota.Throttle throttle
        ? Optional.of(QuotaLimits.throttle(id(), throttle, scope(), shadow()))
        : Optional.empty();
  }
}
