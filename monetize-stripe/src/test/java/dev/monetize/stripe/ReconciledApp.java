// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.InvoicePreview;
import dev.monetize.price.Money;
import dev.monetize.price.Price;
import dev.monetize.price.Price.Band;
import dev.monetize.price.Rating;
import dev.monetize.testkit.MemoryJournal;
import dev.monetize.testkit.MutableClock;
import dev.monetize.usage.Ledger;
import dev.monetize.usage.Measure;
import dev.monetize.usage.RecordedEvent;
import dev.monetize.usage.UsageBatch;
import dev.monetize.usage.UsageEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;

/** An app and its Stripe. */
final class ReconciledApp {

  private static final List<String> CUSTOMERS = List.of("acme", "free", "other");
  private static final Duration QUIET = Duration.ofMinutes(StripeReconciler.QUIET_MINUTES);
  private static final Duration A_MINUTE = Duration.ofMinutes(1);
  static final Map<String, Price> PRICES =
      Map.of(
          "api_calls",
          Price.perUnit(Money.of("$0.37")),
          "llm_tokens",
          Price.graduated(
              Band.of(50, Money.of("$0.01")),
              new Band(Band.NO_END, Money.of("$0.003"), Money.of("$2"))));

  final SplittableRandom random;
  final MutableClock clock;
  final ModelStripe stripe;
  final ModelInvoices invoices;
  final List<UsageEvent> events = new ArrayList<>();
  final Ledger ledger;
  final UUID journal = UUID.randomUUID();
  final StripeUsageSink sink;
  final StripeReconciler reconciler;

  ReconciledApp(long seed) throws IOException {
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
            .customers(name -> name.equals("free") ? Optional.empty() : Optional.of("cus_" + name))
            .periods(this::periodWithin)
            .clock(clock)
            .build(stripe, 0);
    reconciler = new StripeReconciler(sink, ledger::units).withInvoices(invoices, this::preview);
  }

  private Optional<Instant> periodWithin(String customer, Instant hour) {
    Instant start = invoices.start(hour.plusSeconds(3599));
    return Optional.of(start).filter(begin -> !begin.isBefore(hour));
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
