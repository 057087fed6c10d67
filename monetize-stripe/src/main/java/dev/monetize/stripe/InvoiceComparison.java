// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.price.Money;
import dev.monetize.stripe.UsageComparison.Verdict;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Objects;

/**
 * A meter on the invoice of a billing period as it should be, beside what Stripe bills.
 *
 * @param customer ours
 * @param meter ours
 * @param from when the period begins
 * @param to when it ends, not included
 * @param invoices {@code in_…} that bill it; empty where none does
 */
public record InvoiceComparison(
    String customer,
    String meter,
    Instant from,
    Instant to,
    List<String> invoices,
    State state,
    Units units,
    Amounts amounts,
    Verdict verdict) {

  /** How far Stripe is. */
  public enum State {
    /** No invoice bills the period, or Stripe did not tell. */
    NONE,
    /** Lines follow the usage that still comes. */
    DRAFT,
    /** Lines do not change any more: what is late is on no invoice. */
    FINAL
  }

  public InvoiceComparison {
    Objects.requireNonNull(customer, "customer");
    Objects.requireNonNull(meter, "meter");
    invoices = List.copyOf(invoices);
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(units, "units");
    Objects.requireNonNull(amounts, "amounts");
    Objects.requireNonNull(verdict, "verdict");
  }

  /** Nothing could be said of it. */
  static InvoiceComparison unknown(String customer, String meter, Instant from, Instant to) {
    Units units = new Units(0, 0, 0, BigDecimal.ZERO, BigDecimal.ZERO);
    Money nothing = Money.zero(Currency.getInstance("USD"));
    return new InvoiceComparison(
        customer,
        meter,
        from,
        to,
        List.of(),
        State.NONE,
        units,
        Amounts.of(nothing, nothing),
        Verdict.UNKNOWN);
  }

  InvoiceComparison judged(Verdict other) {
    return new InvoiceComparison(customer, meter, from, to, invoices, state, units, amounts, other);
  }

  /**
   * Units of the meter.
   *
   * @param ledger units of priced use that were counted
   * @param onTheWay those of them that Stripe has not got, or may not have
   * @param dropped those of them that are not to be reported
   * @param billed units on the invoice
   * @param difference what is billed too much (above 0) or too little (below 0); 0 if it is as it
   *     should be
   */
  public record Units(
      long ledger, long onTheWay, long dropped, BigDecimal billed, BigDecimal difference) {}

  /**
   * What they cost.
   *
   * @param expected by the invoice preview
   * @param billed by Stripe, before taxes and discounts
   * @param difference what is billed too much (above 0) or too little (below 0)
   */
  public record Amounts(Money expected, Money billed, Money difference) {

    static Amounts of(Money expected, Money billed) {
      return new Amounts(expected, billed, billed.plus(expected.times(-1)));
    }
  }
}
