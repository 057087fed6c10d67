// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.price.Money;
import dev.monetize.price.Rating;
import dev.monetize.stripe.InvoiceComparison.State;
import dev.monetize.stripe.ModelStripe.Taken;
import dev.monetize.stripe.UsageComparison.Verdict;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ledger, sums and invoices of random usage, by any clock and with periods of any length. */
final class InvoiceReconcileTest {

  private static final long SEED = Long.getLong("monetize.seed", System.nanoTime());

  static {
    System.out.println("InvoiceReconcileTest: -Dmonetize.seed=" + SEED);
  }

  @Test
  void invoices_thatAreRightAreEqual() throws IOException, InterruptedException {
    ReconciledApp world = new ReconciledApp(SEED);
    world.someUse();

    ReconcileReport report = world.checkTwice();

    assertThat(report.drifted()).as(report.text()).isZero();
    assertThat(report.invoices(Verdict.EQUAL)).hasSizeGreaterThanOrEqualTo(2 * 2 * 3);
    assertThat(report.invoices(Verdict.NOT_YET))
        .allMatch(line -> line.to().isAfter(report.at()) || line.state() == State.NONE);
    assertThat(report.invoices()).extracting(InvoiceComparison::customer).doesNotContain("free");
  }

  /** In each customer, meter and hour that Stripe was told of. */
  @Test
  void oneUnitMoreOrLess_isFoundWhereverItIs() throws IOException, InterruptedException {
    ReconciledApp world = new ReconciledApp(SEED);
    world.someUse();
    List<Taken> taken = world.stripe.taken();
    for (int i = 0; i < taken.size(); i++) {
      Taken one = taken.get(i);
      long more = world.random.nextBoolean() ? 1 : -1;
      taken.set(
          i, new Taken(one.event(), one.customer(), one.second(), one.units() + more, one.at()));

      ReconcileReport report = world.checkTwice();

      String what = "seed %d: %s %+d\n%s".formatted(SEED, one, more, report.text());
      assertThat(report.lines(Verdict.DRIFT)).as(what).hasSize(1);
      UsageComparison line = report.lines(Verdict.DRIFT).get(0);
      Instant hour = Instant.ofEpochSecond(one.second() / 3600 * 3600);
      assertThat("cus_" + line.customer()).as(what).isEqualTo(one.customer());
      assertThat(line.hours()).as(what).isEqualTo(Map.of(hour, BigDecimal.valueOf(more)));
      assertThat(report.invoices(Verdict.DRIFT)).as(what).hasSize(1);
      InvoiceComparison invoice = report.invoices(Verdict.DRIFT).get(0);
      assertThat(invoice.customer() + invoice.meter())
          .as(what)
          .isEqualTo(line.customer() + line.meter());
      assertThat(invoice.from())
          .as(what)
          .isEqualTo(world.invoices.start(Instant.ofEpochSecond(one.second())));
      assertThat(invoice.units().difference()).as(what).isEqualByComparingTo("" + more);
      assertThat(invoice.amounts().difference())
          .as(what)
          .isEqualTo(
              price(one.event(), invoice.units().ledger() + more)
                  .plus(price(one.event(), invoice.units().ledger()).times(-1)));
      assertThat(world.reconciler.drifted()).as(what).isEqualTo(2);
      taken.set(i, one);
      ReconcileReport healed = world.check();
      assertThat(healed.drifted()).as(healed.text()).isZero();
    }
    assertThat(taken).hasSizeGreaterThan(10);
  }

  private static Money price(String event, long units) {
    return Rating.line(event, ReconciledApp.PRICES.get(event), units).amount();
  }

  @Test
  void aCentTooMuchForTheRightUnits_isFound() throws IOException, InterruptedException {
    ReconciledApp world = new ReconciledApp(SEED);
    world.someUse();
    world.invoices.moreCents(1);

    ReconcileReport report = world.checkTwice();

    assertThat(report.lines(Verdict.DRIFT)).isEmpty();
    assertThat(report.invoices(Verdict.DRIFT))
        .hasSizeGreaterThanOrEqualTo(12)
        .allMatch(line -> line.amounts().difference().equals(Money.of("$0.01")))
        .allMatch(line -> line.units().difference().signum() == 0);
    int lines = report.invoices(Verdict.DRIFT).size();
    assertThat(report.billedDrift())
        .isEqualByComparingTo(new BigDecimal("0.01").multiply(BigDecimal.valueOf(lines)));
    assertThat(report.text())
        .contains("difference +$0.01 for 0\n", lines + " drifted, 0 unknown\n");
    assertThat(report.json())
        .contains("\"invoices\":[{\"customer\":\"acme\",\"meter\":\"calls\",\"verdict\":\"DRIFT\"")
        .contains("\"amountDifference\":\"0.01\"", "\"billedDrift\":\"0.", "\"state\":\"FINAL\"");
  }

  /** In another currency: nobody can say what of it is too much, and nobody is left out. */
  @Test
  void invoicesThatCannotBeCompared_areUnknown() throws IOException, InterruptedException {
    ReconciledApp world = new ReconciledApp(SEED);
    world.someUse();
    int compared = world.checkTwice().invoices(Verdict.EQUAL).size();
    world.invoices.foreign(true);

    ReconcileReport report = world.checkTwice();

    assertThat(compared).isPositive();
    assertThat(report.invoices()).isNotEmpty().allMatch(line -> line.verdict() == Verdict.UNKNOWN);
    assertThat(report.invoices())
        .extracting(line -> line.customer() + " " + line.meter())
        .doesNotHaveDuplicates();
    assertThat(report.text()).contains("UNKNOWN ", report.invoices().size() + " unknown\n");
  }

  @Test
  void anInvoiceThatNeverComes_isFound() throws IOException, InterruptedException {
    ReconciledApp world = new ReconciledApp(SEED);
    world.use();
    world.someUse();
    world.invoices.none(true);

    ReconcileReport report = world.checkTwice();

    assertThat(report.lines(Verdict.DRIFT)).isEmpty();
    assertThat(report.invoices(Verdict.DRIFT))
        .isNotEmpty()
        .allMatch(line -> line.state() == State.NONE && line.units().billed().signum() == 0)
        .allMatch(line -> line.units().difference().signum() < 0);
    assertThat(report.text()).contains(": no invoice bills $0 for 0, to be ");
  }

  /** What is told is that it is on no invoice, and nothing else. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void whatIsLate_isNoDrift(int number) throws IOException, InterruptedException {
    ReconciledApp world = new ReconciledApp(SEED + number);
    int checks = 0;
    for (int i = 0; i < 400; i++) {
      if (world.random.nextInt(20) == 0) {
        world.stripe.failing(world.random.nextInt(2) * 0.5);
      }
      world.use();
      try {
        world.go(Duration.ofSeconds(world.random.nextInt(720)));
      } catch (ModelStripe.Killed e) {
        assertThat(world.stripe.faults()).isPositive(); // the next process would try it again
      }
      ReconcileReport report = world.check();
      String what = "seed %d\n%s".formatted(SEED + number, report.text());
      assertThat(report.lines(Verdict.DRIFT)).as(what).isEmpty();
      assertThat(report.invoices(Verdict.DRIFT))
          .as(what)
          .allMatch(line -> line.state() == State.FINAL && isMissing(line));
      checks += report.invoices(Verdict.EQUAL).size();
    }
    assertThat(checks).isPositive();
  }

  private static boolean isMissing(InvoiceComparison line) {
    return line.units().billed().longValueExact() < line.units().ledger();
  }
}
