// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.price.Money;
import dev.monetize.stripe.UsageComparison.Verdict;
import java.math.BigDecimal;
import java.util.function.ToIntFunction;

/** A report for people to read. */
final class ReportText {

  private ReportText() {}

  static String of(ReconcileReport report) {
    StringBuilder text = new StringBuilder();
    for (UsageComparison line : report.lines()) {
      if (line.verdict() != Verdict.EQUAL) {
        text.append(of(line)).append('\n');
      }
    }
    String time = report.from() + " to " + report.to();
    text.append(time).append(sums(verdict -> report.lines(verdict).size())).append('\n');
    for (InvoiceComparison line : report.invoices()) {
      if (line.verdict() != Verdict.EQUAL) {
        text.append(of(line)).append('\n');
      }
    }
    if (!report.invoices().isEmpty()) {
      text.append("invoices").append(sums(verdict -> report.invoices(verdict).size())).append('\n');
    }
    return text.toString();
  }

  private static String sums(ToIntFunction<Verdict> count) {
    int notYet = count.applyAsInt(Verdict.NOT_YET);
    return String.format(
        ": %d equal, %s%d settling, %d drifted, %d unknown",
        count.applyAsInt(Verdict.EQUAL),
        notYet == 0 ? "" : notYet + " not yet, ",
        count.applyAsInt(Verdict.SETTLING),
        count.applyAsInt(Verdict.DRIFT),
        count.applyAsInt(Verdict.UNKNOWN));
  }

  private static String of(UsageComparison line) {
    return String.format(
        "%s %s %s: Stripe has %s, the ledger %d, of it %d on the way, %d in doubt, %d dropped;"
            + " difference %s%s",
        line.verdict(),
        line.customer(),
        line.meter(),
        line.atStripe().map(BigDecimal::toPlainString).orElse("not told"),
        line.ledger(),
        line.onTheWay(),
        line.inDoubt(),
        line.dropped(),
        signed(line.difference()),
        line.hours().isEmpty() ? "" : " in " + line.hours());
  }

  private static String of(InvoiceComparison line) {
    return String.format(
        "%s %s %s %s to %s: %s bills %s for %s, to be %s for %d, of it %d on the way, %d dropped;"
            + " difference %s for %s",
        line.verdict(),
        line.customer(),
        line.meter(),
        line.from(),
        line.to(),
        line.invoices().isEmpty() ? "no invoice" : String.join(", ", line.invoices()),
        line.amounts().billed(),
        line.units().billed().toPlainString(),
        line.amounts().expected(),
        line.units().ledger(),
        line.units().onTheWay(),
        line.units().dropped(),
        signed(line.amounts().difference()),
        signed(line.units().difference()));
  }

  private static String signed(Money amount) {
    return amount.nanos() > 0 ? "+" + amount : amount.toString();
  }

  private static String signed(BigDecimal number) {
    return number.signum() > 0 ? "+" + number.toPlainString() : number.toPlainString();
  }
}
