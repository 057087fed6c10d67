// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.testkit.MemoryJournal;
import dev.monetize.testkit.MutableClock;
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
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;

/** A sink whose usage goes to a model of Stripe, and a clock to turn. */
abstract class SinkCase {

  static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  static final StripeConnection NOWHERE = StripeConnection.with("sk_test_none");

  final MutableClock clock = new MutableClock(NOON);
  final ModelStripe stripe = new ModelStripe(new SplittableRandom(1), clock);
  StripeUsageSink sink;
  private final MemoryJournal outbox = new MemoryJournal();
  private final UUID journal = UUID.randomUUID();
  private long sequence;

  @BeforeEach
  void open() throws IOException {
    sink = settings().build(stripe, 0);
  }

  StripeUsageSinkBuilder settings() {
    return StripeUsageSink.builder(NOWHERE, Path.of("unused"))
        .outbox(outbox::open)
        .meter("calls", "api_calls")
        .customers(
            customer ->
                customer.startsWith("free") ? Optional.empty() : Optional.of("cus_" + customer))
        .clock(clock);
  }

  /** The process ends, and begins again. */
  void restart(StripeUsageSinkBuilder settings) throws IOException {
    sink.close();
    sink = settings.build(stripe, 0);
  }

  /** A call at each of these times. */
  UsageBatch batch(String customer, Instant... times) {
    List<RecordedEvent> events = new ArrayList<>();
    for (Instant time : times) {
      long nanos = time.getEpochSecond() * 1_000_000_000L;
      List<Measure> measures = List.of(new Measure("calls", 1), new Measure("other", 5));
      UsageEvent event =
          new UsageEvent(
              nanos, nanos, customer, "", "pro", "GET /", 200, false, measures, List.of());
      events.add(new RecordedEvent(journal, ++sequence, event));
    }
    return new UsageBatch(journal, "stripe", events);
  }

  void use(String customer, Instant... times) throws IOException, InterruptedException {
    sink.deliver(batch(customer, times));
  }

  /** Does all that is due now. */
  void send() throws IOException, InterruptedException {
    while (sink.step()) {
      // there may be more
    }
  }

  void later(Duration by) throws IOException, InterruptedException {
    clock.advance(by);
    send();
  }

  /** Under which it was called for. */
  String identifier(int call) {
    return stripe.sent().get(call).identifier();
  }
}
