// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.model.InvoiceLineItem;
import com.stripe.param.InvoiceCreatePreviewParams;
import dev.monetize.Monetizer;
import dev.monetize.testkit.MemoryJournal;
import dev.monetize.testkit.MutableClock;
import dev.monetize.testkit.stripe.FakeStripe;
import dev.monetize.tier.TierCatalog;
import dev.monetize.usage.ExternalUsage;
import dev.monetize.usage.ShipSchedule;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was used before a change of tier is billed at the prices that end. */
class TierChangeUsageTest {

  private static final ShipSchedule EACH = ShipSchedule.within(1, Duration.ofHours(1));
  private static final ShipSchedule LATER = ShipSchedule.within(1000, Duration.ofHours(1));

  @TempDir private Path directory;
  private final MutableClock clock = new MutableClock(Shop.START);
  private final FakeStripe stripe = FakeStripe.builder().clock(clock).start();
  private final StripeConnection connection =
      StripeConnection.with(stripe.apiKey()).at(URI.create(stripe.apiBase()));
  private StripeBilling billing;
  private StripeUsageSink sink;

  @BeforeEach
  void open() throws Exception {
    billing =
        StripeBilling.builder(connection, Path.of("unused"))
            .journal(new MemoryJournal()::open)
            .clock(clock)
            .open(0);
    sink =
        StripeUsageSink.builder(connection, Path.of("unused"))
            .outbox(new MemoryJournal()::open)
            .meter("calls", "api_calls")
            .billing(billing)
            .clock(clock)
            .build();
  }

  @AfterEach
  void close() {
    sink.close();
    billing.close();
    stripe.close();
  }

  private Monetizer app(ShipSchedule schedule) throws Exception {
    Monetizer monetizer =
        Monetizer.builder()
            .tiers(TierCatalog.parse("tiers.yml", TestTiers.TEXT))
            .dataDirectory(directory)
            .clock(clock)
            .defaultTier("free")
            .sink("stripe", sink, schedule)
            .build();
    StripeCatalog.builder(connection).meter("calls", "api_calls").build().apply(monetizer.tiers());
    billing.start(monetizer, sink);
    monetizer.accounts().createCustomer("acme", "Acme", "free");
    Shop.card(connection.client(), billing.customer("acme"));
    billing.subscribe("acme", "pro");
    return monetizer;
  }

  private void use(Monetizer monetizer) {
    clock.advance(Duration.ofMinutes(3));
    Map<String, Long> units = Map.of("calls", 60_000L);
    monetizer.record(new ExternalUsage("acme", units, clock.instant(), "test", "1"));
    clock.advance(Duration.ofSeconds(1)); // Stripe counts in seconds
  }

  /** Cents of what the next invoice would have. */
  private List<Long> lines() throws Exception {
    InvoiceCreatePreviewParams next =
        InvoiceCreatePreviewParams.builder().setCustomer(billing.customer("acme")).build();
    return connection.client().v1().invoices().createPreview(next).getLines().getData().stream()
        .map(InvoiceLineItem::getAmount)
        .toList();
  }

  @Test
  void usedBefore_isAtStripe_whenTheTierChanges() throws Exception {
    try (Monetizer monetizer = app(EACH)) {
      use(monetizer);

      billing.changeTier("acme", "max");

      assertThat(sink.backlog().arrived()).isEqualTo(60_000);
      assertThat(lines()).contains(2_000L); // 10,000 past what pro includes, at $0.002
    }
  }

  @Test
  void whileUseDoesNotArrive_nothingIsChanged() throws Exception {
    try (Monetizer monetizer = app(LATER)) {
      use(monetizer);
      UsageFlush flush = UsageFlush.of(sink, monetizer.shipper(), Duration.ofMillis(20));

      assertThatThrownBy(() -> flush.complete("acme"))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(
              "use of customer \"acme\" did not arrive at Stripe within PT0.02S");
      assertThat(sink.backlog().arrived()).isZero();
    }
  }
}
