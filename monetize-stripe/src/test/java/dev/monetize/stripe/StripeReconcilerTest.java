// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StripeReconcilerTest {

  private static final long SEED = Long.getLong("monetize.seed", System.nanoTime());
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final List<String> CUSTOMERS = List.of("acme", "free", "other");

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final MutableClock clock = new MutableClock(START);
  private final ModelStripe stripe = new ModelStripe(random.split(), clock);
  private final Ledger ledger = new Ledger(clock);
  private final UUID journal = UUID.randomUUID();
  private final StripeUsageSink sink;
  private final StripeReconciler reconciler;
  private long sequence;

  StripeReconcilerTest() throws IOException {
    System.out.println("StripeReconcilerTest: -Dmonetize.seed=" + SEED);
    sink =
        StripeUsageSink.builder(StripeConnection.with("sk_test_none"), Path.of("unused"))
            .outbox(new MemoryJournal()::open)
            .meter("calls", "api_calls")
            .customers(name -> name.equals("free") ? Optional.empty() : Optional.of("cus_" + name))
            .clock(clock)
            .build(stripe, 0);
    reconciler = new StripeReconciler(sink, ledger::units);
  }

  private void use(String customer, long units) throws IOException, InterruptedException {
    long nanos = clock.instant().getEpochSecond() * 1_000_000_000L;
    List<Measure> measures = List.of(new Measure("calls", units));
    UsageEvent event =
        new UsageEvent(nanos, nanos, customer, "", "pro", "", 200, false, measures, List.of());
    ledger.fold(++sequence, event);
    sink.deliver(
        new UsageBatch(journal, "stripe", List.of(new RecordedEvent(journal, sequence, event))));
  }

  private void go(Duration time) throws IOException, InterruptedException {
    clock.advance(time);
    while (sink.step()) {
      // there may be more
    }
  }

  private ReconcileReport check() {
    return reconciler.check(CUSTOMERS, START, clock.instant());
  }

  /** Some hours of use that have arrived and settled. */
  private void someHours() throws IOException, InterruptedException {
    for (int i = 0; i < 50; i++) {
      use(CUSTOMERS.get(random.nextInt(3)), 1 + random.nextInt(100));
      go(Duration.ofMinutes(random.nextInt(10)));
    }
    use("acme", 7);
    go(Duration.ofHours(1));
    go(Duration.ofMinutes(11));
    go(Duration.ofMinutes(10));
  }

  @Test
  void equal_isEqual() throws IOException, InterruptedException {
    someHours();

    ReconcileReport report = check();

    assertThat(report.lines())
        .extracting(UsageComparison::customer)
        .containsExactly("acme", "other");
    assertThat(report.lines(Verdict.EQUAL)).hasSize(2);
    assertThat(report.drift()).isZero();
    assertThat(report.text()).endsWith(": 2 equal, 0 settling, 0 drifted, 0 unknown\n");
  }

  @Test
  void oneUnitTooLittle_isFoundInItsHour() throws IOException, InterruptedException {
    someHours();
    drift(-1);
  }

  @Test
  void oneUnitTooMuch_isFoundInItsHour() throws IOException, InterruptedException {
    someHours();
    drift(+1);
  }

  private void drift(long units) {
    int index = random.nextInt(stripe.taken().size());
    Taken one = stripe.taken().get(index);
    stripe
        .taken()
        .set(
            index,
            new Taken(one.event(), one.customer(), one.second(), one.units() + units, one.at()));
    assertThat(check().lines(Verdict.SETTLING)).hasSize(1);
    clock.advance(Duration.ofMinutes(15));

    ReconcileReport report = reconciler.check(CUSTOMERS, START, clock.instant().minusSeconds(900));

    assertThat(report.lines(Verdict.DRIFT)).hasSize(1);
    UsageComparison line = report.lines(Verdict.DRIFT).get(0);
    Instant hour = Instant.ofEpochSecond(3600 * (one.second() / 3600));
    assertThat("cus_" + line.customer()).isEqualTo(one.customer());
    assertThat(line.difference()).isEqualByComparingTo(BigDecimal.valueOf(units));
    assertThat(line.hours()).isEqualTo(Map.of(hour, BigDecimal.valueOf(units)));
    assertThat(report.drift()).isOne();
    assertThat(reconciler.last()).isEqualTo(report);
    assertThat(report.text()).contains("DRIFT " + line.customer() + " calls: Stripe has ");
    assertThat(report.json())
        .contains("\"verdict\":\"DRIFT\"", "\"hours\":{\"" + hour + "\":\"" + units + "\"}");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void lateSums_areNoDrift(long seed) throws IOException, InterruptedException {
    SplittableRandom flow = new SplittableRandom(SEED + seed);
    for (int i = 0; i < 400; i++) {
      if (flow.nextInt(20) == 0) {
        stripe.failing(flow.nextInt(2) * 0.5);
      }
      use(CUSTOMERS.get(flow.nextInt(3)), 1 + flow.nextInt(100));
      try {
        go(Duration.ofMinutes(flow.nextInt(12)));
      } catch (ModelStripe.Killed e) {
        assertThat(stripe.faults()).isPositive(); // it would be tried again by the next process
      }
      ReconcileReport report = check();
      assertThat(report.lines(Verdict.DRIFT)).as(report.text()).isEmpty();
    }
    assertThat(stripe.taken()).hasSizeGreaterThan(20);
  }

  @Test
  void useOnTheWay_isNoDifference() throws IOException, InterruptedException {
    someHours();
    stripe.out(true);
    use("acme", 5);
    go(Duration.ofHours(3));

    ReconcileReport report = reconciler.check(List.of("acme"), START, clock.instant());

    assertThat(report.lines(Verdict.UNKNOWN)).hasSize(1);
    stripe.out(false);
    report = reconciler.check(List.of("acme"), START, clock.instant());
    assertThat(report.lines(Verdict.EQUAL)).hasSize(1);
    UsageComparison line = report.lines().get(0);
    assertThat(line.onTheWay() + line.inDoubt()).isEqualTo(5);
  }
}
