// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.InvoicePreview;
import dev.monetize.price.Money;
import dev.monetize.price.Price;
import dev.monetize.price.Price.Band;
import dev.monetize.price.Rating;
import dev.monetize.stripe.InvoiceComparison.State;
import dev.monetize.stripe.ModelStripe.Taken;
import dev.monetize.stripe.UsageComparison.Verdict;
import dev.monetize.testkit.MemoryJournal;
import dev.monetize.testkit.MutableClock;
import dev.monetize.usage.Ledger;
import dev.monetize.usage.Measure;
import dev.monetize.usage.RecordedEvent;
import dev.monetize.usage.UsageBatch;
import dev.monetize.usage.UsageEvent;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ledger, sums and invoices of random usage, by any clock and with periods of any length. */
final class InvoiceReconcileTest {

  private static final long SEED = Long.getLong("monetize.seed", System.nanoTime());
  private static final List<String> CUSTOMERS = List.of("acme", "free", "other");
  private static final Duration QUIET = Duration.ofMinutes(StripeReconciler.QUIET_MINUTES);
  private static final Duration A_MINUTE = Duration.ofMinutes(1);
  private static final Map<String, Price> PRICES =
      Map.of(
          "api_calls",
          Price.perUnit(Money.of("$0.37")),
          "llm_tokens",
          Price.graduated(
              Band.of(50, Money.of("$0.01")),
              new Band(Band.NO_END, Money.of("$0.003"), Money.of("$2"))));

  static {
    System.out.println("InvoiceReconcileTest: -Dmonetize.seed=" + SEED);
  }

  /** An app and its Stripe. */
  private static final class World {

    final SplittableRandom random;
    final MutableClock clock;
    final ModelStripe stripe;
    final ModelInvoices invoices;
    final List<UsageEvent> events = new ArrayList<>();
    final Ledger ledger;
    final UUID journal = UUID.randomUUID();
    final StripeUsageSink sink;
    final StripeReconciler reconciler;

    World(long seed) throws IOException {
      random = new SplittableRandom(seed);
      Instant start = Instant.ofEpochSecond(1_500_000_000 + random.nextLong(1_000_000_000));
      clock = new MutableClock(start);
      ledger = new Ledger(clock);
      stripe = new ModelStripe(random.split(), clock);
      Duration period = Duration.ofSeconds(3 * 3600 + random.nextInt(20 * 3600));
      invoices = new ModelInvoices(stripe, clock, PRICES, start, period);
      sink =
          StripeUsageSink.builder(StripeConnection.with("sk_test_none"), Path.of("unused"))
              .outbox(new MemoryJournal()::open)
              .meter("calls", "api_calls")
              .meter("tokens", "llm_tokens")
              .customers(
                  name -> name.equals("free") ? Optional.empty() : Optional.of("cus_" + name))
              .periods(this::periodWithin)
              .clock(clock)
              .build(stripe, 0);
      reconciler = new StripeReconciler(sink, ledger::units).withInvoices(invoices, this::preview);
    }

    private Optional<Instant> periodWithin(String customer, Instant hour) {
      Instant start = invoices.start(hour.plusSeconds(3599));
      return Optional.of(start).filter(begin -> begin.isAfter(hour));
    }

    InvoicePreview preview(String customer, Instant at) {
      Instant from = invoices.start(at);
      Instant to = from.plus(invoices.period);
      List<InvoicePreview.Line> lines = new ArrayList<>();
      Money total = Money.of("$0");
      for (String meter : List.of("calls", "tokens")) {
        String event = meter.equals("calls") ? "api_calls" : "llm_tokens";
        long units =
            events.stream()
                .filter(one -> one.customer().equals(customer))
                .filter(one -> !one.time().isBefore(from) && one.time().isBefore(to))
                .flatMap(one -> one.measures().stream())
                .filter(measure -> measure.meter().equals(meter))
                .mapToLong(Measure::units)
                .sum();
        var rated = Rating.line(meter, PRICES.get(event), units);
        lines.add(new InvoicePreview.Usage("pro", rated, List.of()));
        total = total.plus(rated.amount());
      }
      return new InvoicePreview(customer, from, to, lines, total);
    }

    void use() throws IOException, InterruptedException {
      long nanos = clock.instant().getEpochSecond() * 1_000_000_000L;
      String customer = CUSTOMERS.get(random.nextInt(3));
      List<Measure> measures =
          List.of(new Measure("calls", 1), new Measure("tokens", 1 + random.nextInt(30)));
      UsageEvent event =
          new UsageEvent(nanos, nanos, customer, "", "pro", "", 200, false, measures, List.of());
      events.add(event);
      ledger.fold(events.size(), event);
      sink.deliver(
          new UsageBatch(
              journal, "stripe", List.of(new RecordedEvent(journal, events.size(), event))));
    }

    /** Some time goes by, minute by minute, as threads would see it. */
    void go(Duration time) throws IOException, InterruptedException {
      for (Duration left = time; !left.isZero(); ) {
        Duration next = left.compareTo(A_MINUTE) < 0 ? left : A_MINUTE;
        clock.advance(next);
        left = left.minus(next);
        while (sink.step()) {
          // there may be more
        }
      }
    }

    ReconcileReport check() {
      stripe.late(Duration.ofSeconds(random.nextInt(601)));
      invoices.late(Duration.ofSeconds(random.nextInt(601)));
      return reconciler.check(CUSTOMERS, invoices.anchor, clock.instant());
    }

    /** As it is seen when it has been so for long enough. */
    ReconcileReport checkTwice() {
      check();
      clock.advance(QUIET);
      return check();
    }

    /** Two to three periods of use, all of it arrived, and the last invoice is final. */
    void someUse() throws IOException, InterruptedException {
      Duration left = invoices.period.multipliedBy(5).dividedBy(2);
      while (!left.isNegative()) {
        use();
        Duration pause = Duration.ofMinutes(1 + random.nextInt(80));
        go(pause);
        left = left.minus(pause);
      }
      go(invoices.period);
      go(Duration.ofHours(2));
    }
  }

  @Test
  void invoices_thatAreRightAreEqual() throws IOException, InterruptedException {
    World world = new World(SEED);
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
    World world = new World(SEED);
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
    return Rating.line(event, PRICES.get(event), units).amount();
  }

  @Test
  void aCentTooMuchForTheRightUnits_isFound() throws IOException, InterruptedException {
    World world = new World(SEED);
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

  @Test
  void anInvoiceThatNeverComes_isFound() throws IOException, InterruptedException {
    World world = new World(SEED);
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
    World world = new World(SEED + number);
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
