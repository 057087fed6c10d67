// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.exception.StripeException;
import dev.monetize.InvoicePreview;
import dev.monetize.Previews;
import dev.monetize.identity.Subscription;
import dev.monetize.testkit.MemoryJournal;
import dev.monetize.testkit.MutableClock;
import dev.monetize.testkit.stripe.FakeStripe;
import dev.monetize.tier.TierCatalog;
import dev.monetize.usage.Ledger;
import dev.monetize.usage.Measure;
import dev.monetize.usage.RecordedEvent;
import dev.monetize.usage.UsageBatch;
import dev.monetize.usage.UsageEvent;
import dev.monetize.usage.UsageHistory;
import dev.monetize.usage.UsageJournal;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Customers of random tiers with a Stripe, and the sink between. */
final class BilledWorld implements AutoCloseable {

  final MutableClock clock;
  final Till till;
  final TierCatalog tiers;
  final PriceShelf shelf;
  final StripeUsageSink sink;
  final Map<String, Buyer> buyers = new HashMap<>();

  /** How usage gets to Stripe, and what that is. */
  enum Way {
    /** Each in a call over HTTP. */
    CALLS,
    /** By the stream, over HTTP. */
    STREAMED,
    /** Without HTTP, to Stripe's arithmetic alone. */
    BARE
  }

  /** One who subscribed. */
  final class Buyer {

    final String id;
    final Ledger ledger = new Ledger(clock);
    final UsageJournal journal = new MemoryJournal().open(clock, List.of());
    final UsageHistory history = new UsageHistory(clock, journal, tiers::aggregations);
    final Map<String, Long> used = new HashMap<>();
    String atStripe = "";
    Subscription subscription;
    private Instant end;

    Buyer(String id, String tier) {
      this.id = id;
      subscription = Subscription.to(tier, id);
    }

    Instant anchor() {
      return subscription.anchor();
    }

    /** When its first period ends. */
    Instant end() {
      return end;
    }

    InvoicePreview preview(Instant at) throws IOException {
      return Previews.of(tiers, subscription, at, ledger, history);
    }

    void subscribe() throws StripeException, IOException {
      subscription = subscription.withAnchor(clock.instant());
      end = preview(anchor()).end();
      till.subscribe(this, shelf.prices.get(subscription.tier()));
    }

    /** What was used before is there by then. */
    void change(String tier) throws StripeException, IOException, InterruptedException {
      sink.flush(id);
      arrive();
      till.change(this, shelf.prices.get(tier));
      subscription = subscription.withTier(tier).inPlaceOf(subscription, clock.instant());
    }

    /** Its payment failed for too long; null: it has paid after all. */
    void fallBack(@Nullable String tier) {
      subscription = subscription.withFallback(tier).inPlaceOf(subscription, clock.instant());
    }

    void use(Instant time, Map<String, Long> units) throws IOException, InterruptedException {
      long nanos = time.getEpochSecond() * 1_000_000_000L;
      List<Measure> measures = new ArrayList<>();
      units.forEach((meter, some) -> measures.add(new Measure(meter, some)));
      UsageEvent event =
          new UsageEvent(
              nanos, nanos, id, "", subscription.inForce(), "", 200, false, measures, List.of());
      long sequence = journal.append(event);
      ledger.fold(sequence, event);
      units.forEach((meter, some) -> used.merge(meter, some, Long::sum));
      sink.deliver(
          new UsageBatch(
              journal.id(), "stripe", List.of(new RecordedEvent(journal.id(), sequence, event))));
    }
  }

  BilledWorld(SplittableRandom random, Instant start, Way way) throws StripeException, IOException {
    clock = new MutableClock(start);
    FakeStripe stripe = FakeStripe.builder().clock(clock).start();
    StripeConnection connection =
        StripeConnection.with(stripe.apiKey()).at(URI.create(stripe.apiBase()));
    tiers = new RandomTiers(random.split()).catalog();
    shelf = new PriceShelf(connection.client(), tiers);
    till =
        way == Way.BARE
            ? new BareTill(stripe, shelf, clock)
            : new HttpTill(stripe, connection, shelf, way == Way.STREAMED, clock);
    StripeUsageSinkBuilder builder =
        StripeUsageSink.builder(connection, Path.of("unused"))
            .outbox(new MemoryJournal(outboxId(random))::open)
            .customers(id -> Optional.of(buyers.get(id).atStripe))
            .periods(this::periodWithin)
            .sold(tier -> tiers.tier(tier).orElseThrow().isSold())
            .callsPerSecond(500)
            .clock(clock);
    RandomTiers.METERS.forEach(meter -> builder.meter(meter, "our_" + meter));
    sink = builder.build(till.meters(), 0);
  }

  /** Its id tells how late after the hour use is cut; in some worlds as late as can be. */
  private static UUID outboxId(SplittableRandom random) {
    return new UUID(0, random.nextInt(4) == 0 ? 569 : random.nextInt(570));
  }

  private Optional<Instant> periodWithin(String customer, Instant hour) {
    Buyer buyer = buyers.get(customer);
    return Stream.of(buyer.anchor(), buyer.end())
        .filter(start -> !start.isBefore(hour) && start.isBefore(hour.plusSeconds(3600)))
        .findFirst();
  }

  Buyer buyer(String id, String tier) {
    Buyer buyer = new Buyer(id, tier);
    buyers.put(id, buyer);
    return buyer;
  }

  /** Sends what is due, however long the pace takes. */
  void arrive() throws IOException, InterruptedException {
    send();
    while (sink.backlog().waiting() > 0) {
      clock.advance(Duration.ofSeconds(1));
      send();
    }
  }

  private void send() throws IOException, InterruptedException {
    while (sink.step()) {
      // there may be more
    }
  }

  @Override
  public void close() {
    sink.close();
    till.close();
  }
}
