// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.testkit.MemoryJournal;
import dev.monetize.usage.ExternalUsage;
import dev.monetize.usage.Measure;
import dev.monetize.usage.RecordedEvent;
import dev.monetize.usage.Recording;
import dev.monetize.usage.UsageBatch;
import dev.monetize.usage.UsageEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What customer acme of a shop uses, which its sink is given at once. */
final class ShopUsage implements AutoCloseable {

  private static final Duration STEP = Duration.ofMinutes(30);

  final StripeUsageSink sink;
  private final Shop shop;
  private final UUID journal = UUID.randomUUID();
  private long sequence;

  ShopUsage(Shop shop) throws IOException {
    this.shop = shop;
    this.sink =
        StripeUsageSink.builder(shop.connection, Path.of("unused"))
            .outbox(new MemoryJournal()::open)
            .meter("calls", "api_calls")
            .billing(shop.billing)
            .clock(shop.clock)
            .build(new StripeMeterEvents(shop.connection), 0);
  }

  void use(long units) throws Exception {
    Instant now = shop.clock.instant();
    String id = "use " + ++sequence;
    ExternalUsage told = new ExternalUsage("acme", Map.of("calls", units), now, "test", id);
    assertThat(shop.monetizer.record(told)).isInstanceOf(Recording.Recorded.class);
    long nanos = now.getEpochSecond() * 1_000_000_000L;
    List<Measure> calls = List.of(new Measure("calls", units));
    UsageEvent event =
        new UsageEvent(
            nanos, nanos, "acme", "", shop.tier("acme"), "", 200, false, calls, List.of());
    RecordedEvent recorded = new RecordedEvent(journal, sequence, event);
    sink.deliver(new UsageBatch(journal, "stripe", List.of(recorded)));
  }

  /** Sends all that is due now. */
  void send() throws IOException, InterruptedException {
    while (sink.step()) {
      // there may be more
    }
  }

  /** Time passes, and all that becomes due is done. */
  void go(Duration time) throws Exception {
    for (Duration left = time; left.compareTo(Duration.ZERO) > 0; left = left.minus(STEP)) {
      shop.later(STEP);
      send();
    }
    shop.deliverAll();
  }

  /** Whatever there was until now agrees, and goes on to. */
  void hasNoDrift() throws Exception {
    StripeReconciler reconciler =
        new StripeReconciler(sink, shop.monetizer::units)
            .withInvoices(shop.connection, shop.monetizer::invoicePreview);
    for (int i = 0; i < 3; i++) {
      Instant from = Shop.START.minus(Duration.ofHours(1));
      ReconcileReport report = reconciler.check(List.of("acme"), from, shop.clock.instant());
      assertThat(report.text()).doesNotContain("DRIFT");
      go(STEP);
    }
    assertThat(reconciler.drifted()).isZero();
  }

  @Override
  public void close() {
    sink.close();
  }
}
