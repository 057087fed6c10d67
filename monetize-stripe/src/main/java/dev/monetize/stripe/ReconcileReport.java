// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.stripe.UsageComparison.Verdict;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/**
 * What a comparison of ledger and Stripe came to.
 *
 * @param at when it was made
 * @param from the first hour that was compared
 * @param to where that ends, not included
 * @param lines of meters
 * @param invoices of what is billed; empty if invoices are not compared
 */
public record ReconcileReport(
    Instant at,
    Instant from,
    Instant to,
    List<UsageComparison> lines,
    List<InvoiceComparison> invoices) {

  public ReconcileReport {
    lines = List.copyOf(lines);
    invoices = List.copyOf(invoices);
  }

  /** Those of a verdict. */
  public List<UsageComparison> lines(Verdict verdict) {
    return lines.stream().filter(line -> line.verdict() == verdict).toList();
  }

  /** Units that Stripe has too much or too little for certain, added up without their signs. */
  public BigDecimal drift() {
    return lines(Verdict.DRIFT).stream()
        .map(line -> line.difference().abs())
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  /** Those of a verdict. */
  public List<InvoiceComparison> invoices(Verdict verdict) {
    return invoices.stream().filter(line -> line.verdict() == verdict).toList();
  }

  /** Money that is billed too much or too little for certain, added up without its signs. */
  public BigDecimal billedDrift() {
    return invoices(Verdict.DRIFT).stream()
        .map(line -> line.amounts().difference().amount().abs())
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  /** How many lines drifted, of meters and of invoices. */
  public int drifted() {
    return lines(Verdict.DRIFT).size() + invoices(Verdict.DRIFT).size();
  }

  /** A line for each that is not equal, and one for all; the same of invoices. */
  public String text() {
    return ReportText.of(this);
  }

  /** All of it, as a JSON object on one line. */
  public String json() {
    return ReportJson.of(this);
  }
}
