// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.Monetizer;
import dev.monetize.testkit.MemoryJournal;
import dev.monetize.testkit.MutableClock;
import dev.monetize.testkit.stripe.FakeStripe;
import dev.monetize.tier.TierCatalog;
import dev.monetize.usage.ExternalUsage;
import dev.monetize.usage.ShipSchedule;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * An app as it is wired: what is used goes by its shipper and the sink's own threads to a Stripe,
 * where its customer acme can pay.
 */
abstract class MeteredCase {

  static final ShipSchedule EACH = ShipSchedule.within(1, Duration.ofHours(1));

  @TempDir private Path directory;
  final MutableClock clock = new MutableClock(Shop.START);
  final FakeStripe stripe = FakeStripe.builder().clock(clock).start();
  final StripeConnection connection =
      StripeConnection.with(stripe.apiKey()).at(URI.create(stripe.apiBase()));
  StripeBilling billing;
  StripeUsageSink sink;
  Monetizer monetizer;

  /** The app starts. */
  void open(String tiers, ShipSchedule schedule) throws Exception {
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
    monetizer =
        Monetizer.builder()
            .tiers(TierCatalog.parse("tiers.yml", tiers))
            .dataDirectory(directory)
            .clock(clock)
            .defaultTier("free")
            .sink("stripe", sink, schedule)
            .build();
    StripeCatalog.builder(connection).meter("calls", "api_calls").build().apply(monetizer.tiers());
    billing.start(monetizer, sink);
    monetizer.accounts().createCustomer("acme", "Acme", "free");
    Shop.card(connection.client(), billing.customer("acme"));
  }

  @AfterEach
  void close() {
    monetizer.close();
    sink.close();
    billing.close();
    stripe.close();
  }

  /**
   * Acme uses the app now.
   *
   * @param id of its own
   */
  void record(long calls, String id) {
    monetizer.record(
        new ExternalUsage("acme", Map.of("calls", calls), clock.instant(), "test", id));
  }
}
