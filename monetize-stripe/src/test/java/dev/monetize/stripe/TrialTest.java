// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.InvoicePreview;
import dev.monetize.testkit.MemoryJournal;
import dev.monetize.usage.ExternalUsage;
import dev.monetize.usage.Measure;
import dev.monetize.usage.RecordedEvent;
import dev.monetize.usage.UsageBatch;
import dev.monetize.usage.UsageEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trial costs nothing here either, and what was used in it is missed by nobody. */
class TrialTest {

  private static final Duration DAY = Duration.ofDays(1);
  private static final Instant TRIAL_END = Shop.START.plus(Duration.ofDays(14));

  @TempDir private Path directory;
  private long sequence;

  @Test
  void useInATrial_isOnNoInvoice_andNoDrift() throws Exception {
    try (Shop shop = new Shop(directory);
        StripeUsageSink sink =
            StripeUsageSink.builder(shop.connection, Path.of("unused"))
                .outbox(new MemoryJournal()::open)
                .meter("calls", "api_calls")
                .billing(shop.billing)
                .clock(shop.clock)
                .build(new StripeMeterEvents(shop.connection), 0)) {
      shop.customer("acme");
      shop.billing.subscribe("acme", "pro", 14);
      go(shop, sink, DAY);
      use(shop, sink, 60_000);
      assertThat(preview(shop).text()).contains("pro, nothing is due before " + TRIAL_END);
      assertThat(preview(shop).total().isZero()).isTrue();

      go(shop, sink, DAY.multipliedBy(16));
      use(shop, sink, 50_010); // ten past what is included: 2 cents
      InvoicePreview after = preview(shop);
      assertThat(after.start()).isEqualTo(TRIAL_END);
      assertThat(after.total().minorUnits()).isEqualTo(4902);

      go(shop, sink, Duration.ofHours(3));
      StripeReconciler reconciler =
          new StripeReconciler(sink, shop.monetizer::units)
              .withInvoices(shop.connection, shop.monetizer::invoicePreview);
      for (int i = 0; i < 3; i++) {
        Instant now = shop.clock.instant();
        ReconcileReport report =
            reconciler.check(List.of("acme"), now.minus(Duration.ofDays(32)), now);
        assertThat(report.text()).doesNotContain("DRIFT");
        go(shop, sink, Duration.ofMinutes(30));
      }
      assertThat(reconciler.drifted()).isZero();
    }
  }

  private static InvoicePreview preview(Shop shop) throws Exception {
    return shop.monetizer.invoicePreview("acme", shop.clock.instant());
  }

  private void use(Shop shop, StripeUsageSink sink, long units) throws Exception {
    Instant now = shop.clock.instant();
    long nanos = now.getEpochSecond() * 1_000_000_000L;
    UUID journal = new UUID(0, 1);
    long number = ++sequence;
    shop.monetizer.record(
        new ExternalUsage("acme", Map.of("calls", units), now, "test", "use " + number));
    UsageEvent event =
        new UsageEvent(
            nanos,
            nanos,
            "acme",
            "",
            "pro",
            "",
            200,
            false,
            List.of(new Measure("calls", units)),
            List.of());
    sink.deliver(
        new UsageBatch(journal, "stripe", List.of(new RecordedEvent(journal, number, event))));
  }

  private static void go(Shop shop, StripeUsageSink sink, Duration time) throws Exception {
    for (Duration left = time; left.compareTo(Duration.ZERO) > 0; left = left.minusMinutes(30)) {
      shop.later(Duration.ofMinutes(30));
      while (sink.step()) {
        // there may be more
      }
    }
    shop.deliverAll();
  }
}
