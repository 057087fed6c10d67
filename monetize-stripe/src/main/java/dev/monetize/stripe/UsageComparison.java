// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Use of a customer in a meter as the ledger has it, beside what Stripe has.
 *
 * @param customer ours
 * @param meter ours
 * @param ledger units that the ledger has
 * @param onTheWay units of them that Stripe has not got yet: not cut, waiting or parked
 * @param inDoubt units of them that Stripe may have
 * @param dropped units of them that are not to be reported
 * @param atStripe units that Stripe has; empty if it did not tell
 * @param difference what Stripe has too much (above 0) or too little (below 0); 0 if it is as it
 *     should be
 * @param hours by hour, where it differs and Stripe told; else empty
 */
public record UsageComparison(
    String customer,
    String meter,
    long ledger,
    long onTheWay,
    long inDoubt,
    long dropped,
    Optional<BigDecimal> atStripe,
    BigDecimal difference,
    Verdict verdict,
    Map<Instant, BigDecimal> hours) {

  /** What is to be thought of it. */
  public enum Verdict {
    /** Stripe has what it should. */
    EQUAL,
    /** It differs, which may be because sums at Stripe are late: look again. */
    SETTLING,
    /** Some of it is not to be there yet: on the way, or of a period that has no invoice yet. */
    NOT_YET,
    /** It differs, and has done so for too long. */
    DRIFT,
    /** Stripe did not tell. */
    UNKNOWN
  }

  public UsageComparison {
    Objects.requireNonNull(customer, "customer");
    Objects.requireNonNull(meter, "meter");
    Objects.requireNonNull(atStripe, "atStripe");
    Objects.requireNonNull(difference, "difference");
    Objects.requireNonNull(verdict, "verdict");
    hours = Collections.unmodifiableMap(new TreeMap<>(hours));
  }
}
