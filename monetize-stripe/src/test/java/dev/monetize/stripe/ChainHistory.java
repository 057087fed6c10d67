// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.Subscription;
import com.stripe.param.SubscriptionListParams;
import dev.monetize.stripe.ModelStripe.Killed;
import dev.monetize.usage.Measure;
import dev.monetize.usage.RecordedEvent;
import dev.monetize.usage.UsageBatch;
import dev.monetize.usage.UsageEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;

/** One process after the other over the same journals. */
final class ChainHistory implements AutoCloseable {

  private static final List<String> CUSTOMERS = List.of("acme", "brown", "cole");
  private static final List<String> TIERS = List.of("pro", "max");

  private final SplittableRandom random;
  final Shop shop;
  private final KilledJournals outbox;
  private final KilledJournals book;
  private final FlakyStripe flaky;
  private final StripeClient client;
  private final MeterEvents meters;
  private final UUID journal = UUID.randomUUID();
  private final List<UsageBatch> batches = new ArrayList<>();
  final SortedMap<String, Long> used = new TreeMap<>();
  private final Map<String, String> atStripe = new HashMap<>();
  private long sequence;
  private int delivered;
  private StripeUsageSink sink;
  private StripeBilling billing;
  private StripeWebhookServlet servlet;

  ChainHistory(long seed, Path data) throws IOException, StripeException {
    random = new SplittableRandom(seed);
    shop = new Shop(data);
    outbox = new KilledJournals(random.split());
    book = new KilledJournals(random.split());
    flaky =
        new FlakyStripe(
            random.split(),
            () -> {
              outbox.kill();
              book.kill();
            });
    client =
        StripeClient.builder()
            .setApiKey(shop.stripe.apiKey())
            .setApiBase(shop.stripe.apiBase())
            .setHttpClient(flaky)
            .build();
    meters =
        flaky.meters(
            random.nextBoolean()
                ? new StripeMeterEvents(shop.connection)
                : new StreamedMeterEvents(shop.connection, shop.clock));
    start();
    for (String customer : CUSTOMERS) {
      shop.monetizer.accounts().createCustomer(customer, customer, "free");
      atStripe.put(customer, billing.customer(customer));
      shop.card(atStripe.get(customer));
    }
  }

  /** A process begins. */
  void start() throws IOException {
    flaky.out(false);
    flaky.killing(0);
    outbox.killing(0);
    book.killing(0);
    billing =
        new StripeBilling(
            new BillingSettings(
                client,
                BillingBook.open(book::open, shop.clock),
                new LookupKeys("monetize"),
                new BillingRules(Duration.ofDays(7), null, Map.of()),
                shop.clock,
                0));
    sink =
        StripeUsageSink.builder(shop.connection, Path.of("unused"))
            .outbox(outbox::open)
            .meter("calls", "api_calls")
            .billing(billing)
            .clock(shop.clock)
            .build(meters, 0);
    billing.start(shop.monetizer, new Flush(), sink::reported);
    servlet = new StripeWebhookServlet(billing, Shop.SECRET);
  }

  /** Use is sent by steps: nobody waits for threads. */
  private final class Flush implements UsageFlush {

    @Override
    public void begin(String customer) throws IOException, InterruptedException {
      sink.flush(customer);
    }

    @Override
    public void complete(String customer) throws IOException, InterruptedException {
      deliver();
      sink.flush(customer);
      send(20);
      if (sink.backlog().waiting() > 0) {
        throw new NotArrived();
      }
    }
  }

  private static final class NotArrived extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private boolean isDead() {
    return outbox.isDead() || book.isDead();
  }

  int points() {
    return flaky.faults() + outbox.kills() + book.kills();
  }

  /** A call that was answered is in the journal, whatever becomes of the process. */
  void use() {
    List<RecordedEvent> events = new ArrayList<>();
    for (int left = 1 + random.nextInt(4); left > 0; left--) {
      Instant time = shop.clock.instant();
      long nanos = time.getEpochSecond() * 1_000_000_000L;
      String customer = CUSTOMERS.get(random.nextInt(CUSTOMERS.size()));
      long units = 1L + random.nextInt(50);
      used.merge(window(atStripe.get(customer), time.getEpochSecond()), units, Long::sum);
      List<Measure> measures = List.of(new Measure("calls", units));
      UsageEvent event =
          new UsageEvent(nanos, nanos, customer, "", "pro", "", 200, false, measures, List.of());
      events.add(new RecordedEvent(journal, ++sequence, event));
    }
    batches.add(new UsageBatch(journal, "stripe", events));
  }

  private static String window(String customer, long second) {
    return customer + " " + Instant.ofEpochSecond(3600 * (second / 3600));
  }

  /** The shipper gives a batch until it is taken, and may give the last one again. */
  private void deliver() throws IOException, InterruptedException {
    int again = delivered > 0 && random.nextInt(5) == 0 ? 1 : 0;
    for (int i = delivered - again; i < batches.size(); i++) {
      sink.deliver(batches.get(i));
      delivered = Math.max(delivered, i + 1);
    }
  }

  private void send(int steps) throws IOException, InterruptedException {
    for (int left = steps; left > 0; left--) {
      boolean any = sink.step();
      shop.clock.advance(Duration.ofSeconds(any ? random.nextInt(20) : 30));
    }
  }

  private void work(int steps) throws IOException, InterruptedException {
    for (int left = steps; left > 0 && !isDead(); left--) {
      boolean any = billing.step();
      shop.clock.advance(Duration.ofSeconds(any ? random.nextInt(20) : 5));
    }
  }

  void step() throws Exception {
    try {
      act();
    } catch (Killed | StripeException | NotArrived e) {
      // what it was about is asked for again, or not
    } catch (IllegalStateException e) {
      assertThat(e.getMessage()).as("refused").contains("subscription");
    }
    if (isDead()) {
      start();
    }
  }

  private void act() throws Exception {
    String customer = CUSTOMERS.get(random.nextInt(CUSTOMERS.size()));
    String tier = TIERS.get(random.nextInt(2));
    switch (random.nextInt(24)) {
      case 0, 1, 2, 3 -> use();
      case 4, 5 -> deliver();
      case 6, 7 -> shop.clock.advance(Duration.ofMinutes(random.nextInt(150)));
      case 8 -> flaky.failing(random.nextInt(3) * 0.4);
      case 9 -> flaky.killing(random.nextInt(3) * 0.03);
      case 10 -> outbox.killing(random.nextInt(2) * 0.04);
      case 11 -> book.killing(random.nextInt(2) * 0.04);
      case 12 -> billing.subscribe(customer, tier);
      case 13 -> change(customer, tier);
      case 14 -> bring(random.nextInt(12));
      case 15, 16, 17 -> work(random.nextInt(10));
      default -> send(random.nextInt(25));
    }
  }

  private void change(String customer, String tier) throws Exception {
    switch (random.nextInt(8)) {
      case 0 -> cancel(customer);
      case 1 -> billing.cancelAtPeriodEnd(customer);
      case 2 -> billing.keep(customer);
      case 3 -> shop.stripe.failPayments(atStripe.get(customer));
      case 4 -> shop.stripe.recoverPayments(atStripe.get(customer));
      case 5 -> billing.refresh(customer);
      default -> billing.changeTier(customer, tier);
    }
  }

  /** Somebody ends it at Stripe. */
  private void cancel(String customer) throws StripeException {
    for (Subscription one : live(customer)) {
      shop.client.v1().subscriptions().cancel(one.getId());
    }
  }

  private List<Subscription> live(String customer) throws StripeException {
    SubscriptionListParams all =
        SubscriptionListParams.builder().setCustomer(atStripe.get(customer)).build();
    return shop.client.v1().subscriptions().list(all).getData().stream()
        .filter(one -> !one.getStatus().equals("incomplete_expired"))
        .toList();
  }

  /** Some of the newest events, in any order, some again; others come later, or never. */
  private void bring(int most) throws Exception {
    List<String> newest = shop.newestEvents();
    for (int left = most; left > 0 && !newest.isEmpty() && !isDead(); left--) {
      bring(newest.get(random.nextInt(newest.size())));
    }
  }

  private void bring(String event) {
    byte[] body = event.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    String header = Posted.signed(event, Shop.SECRET, shop.clock.instant());
    int status = Posted.to(servlet, body, List.of(header)).status();
    assertThat(status).isIn(200, 500, 503);
  }

  /** Stripe is away, and usage goes on. */
  void outage(int hours) throws Exception {
    flaky.out(true);
    for (int hour = 0; hour < hours; hour++) {
      use();
      deliver();
      send(15);
      work(10);
      shop.clock.advance(Duration.ofHours(1));
    }
    flaky.out(false);
  }

  void end() throws Exception {
    start();
    flaky.failing(0);
    shop.stripe.faults().heal();
    for (String customer : CUSTOMERS) {
      shop.stripe.recoverPayments(atStripe.get(customer));
    }
    deliver();
    sink.flush();
    for (int left = 200; left > 0 && sink.backlog().waiting() > 0; left--) {
      send(100);
      shop.clock.advance(Duration.ofMinutes(10));
    }
    assertThat(sink.backlog().waiting()).isZero();
    assertThat(sink.parked()).isEmpty();
    bringAll(shop.events());
    for (int day = 0; day < 20; day++) { // payments that failed are tried again by then
      shop.later(Duration.ofDays(1));
      work(50);
    }
    bringAll(shop.newestEvents());
    assertThat(billing.inbox().failing()).isEmpty();
    assertThat(billing.inbox().pending()).isZero();
  }

  /** Stripe brings each event at last, in any order. */
  private void bringAll(List<String> events) throws Exception {
    Collections.shuffle(events, new Random(random.nextLong()));
    events.forEach(this::bring);
    work(50);
  }

  SortedMap<String, Long> counted(Instant from) throws StripeException {
    SortedMap<String, Long> sums = new TreeMap<>();
    long first = from.getEpochSecond() / 3600 * 3600;
    long last = shop.clock.instant().getEpochSecond() / 3600 * 3600 + 3600;
    for (String id : atStripe.values()) {
      new StripeMeterEvents(shop.connection)
          .hours("api_calls", id, first, last)
          .forEach((hour, units) -> sums.put(window(id, hour), units.longValueExact()));
    }
    return sums;
  }

  void checkTiers(String what) throws StripeException {
    for (String customer : CUSTOMERS) {
      List<Subscription> live = live(customer);
      assertThat(live).as(what).hasSizeLessThanOrEqualTo(1);
      String paid = "free";
      for (Subscription one : live) {
        assertThat(one.getStatus()).as(what).isEqualTo("active");
        paid = one.getItems().getData().get(0).getPrice().getLookupKey().split("\\.")[1];
      }
      assertThat(shop.tier(customer)).as(what).isEqualTo(paid);
    }
  }

  @Override
  public void close() {
    shop.close();
  }
}
