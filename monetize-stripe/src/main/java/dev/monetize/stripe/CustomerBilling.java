// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What Stripe last said of a customer, and what follows from it.
 *
 * @param customer ours
 * @param stripeCustomer {@code cus_…}
 * @param subscription {@code sub_…}; empty if there is none of a tier of ours
 * @param status of the subscription, in Stripe's words: {@code active}, {@code past_due}, …; empty
 *     where there is none
 * @param paidFor the tier of the subscription, whether it is paid or not; empty where there is none
 * @param granted the tier that the customer was given; empty where that was left as it is
 * @param periodStart when the present billing period began
 * @param periodEnd when it ends
 * @param endsAt when the subscription ends, where that was decided
 * @param graceUntil until when a customer whose payment failed keeps its tier; empty where nothing
 *     failed
 * @param seen when Stripe said so
 */
public record CustomerBilling(
    String customer,
    String stripeCustomer,
    Optional<String> subscription,
    String status,
    Optional<String> paidFor,
    Optional<String> granted,
    Optional<Instant> periodStart,
    Optional<Instant> periodEnd,
    Optional<Instant> endsAt,
    Optional<Instant> graceUntil,
    Instant seen) {

  public CustomerBilling {
    Objects.requireNonNull(customer, "customer");
    Objects.requireNonNull(stripeCustomer, "stripeCustomer");
    Objects.requireNonNull(subscription, "subscription");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(paidFor, "paidFor");
    Objects.requireNonNull(granted, "granted");
    Objects.requireNonNull(periodStart, "periodStart");
    Objects.requireNonNull(periodEnd, "periodEnd");
    Objects.requireNonNull(endsAt, "endsAt");
    Objects.requireNonNull(graceUntil, "graceUntil");
    Objects.requireNonNull(seen, "seen");
  }

  /** Of one who has no subscription to a tier of ours, and is left as it is. */
  static CustomerBilling none(String customer, String stripeCustomer, Instant seen) {
    return new CustomerBilling(
        customer,
        stripeCustomer,
        Optional.empty(),
        "",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        seen);
  }

  /** Of one who is no longer there, and had a subscription to a tier. */
  static CustomerBilling gone(CustomerBilling none, String paidFor, String granted) {
    return new CustomerBilling(
        none.customer(),
        none.stripeCustomer(),
        Optional.empty(),
        "gone",
        Optional.of(paidFor),
        Optional.of(granted),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        none.seen());
  }

  /**
   * When Stripe is to be asked again though it said nothing: when grace ends; each day while
   * something is owed, and some time after a period began or ended, since events may be lost.
   */
  Optional<Instant> askAgain() {
    Stream<Instant> owed =
        graceUntil.stream().flatMap(end -> Stream.of(end, seen.plus(BillingRules.WHILE_OWED)));
    Stream<Instant> begun =
        periodStart.stream().flatMap(start -> BillingRules.AFTER_A_START.stream().map(start::plus));
    Stream<Instant> ended = periodEnd.stream().map(end -> end.plus(BillingRules.PATIENCE));
    return Stream.of(owed, begun, ended)
        .flatMap(times -> times)
        .filter(seen::isBefore)
        .min(Comparator.naturalOrder());
  }
}
