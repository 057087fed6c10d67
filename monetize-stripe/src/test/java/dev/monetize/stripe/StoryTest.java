// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.StripeClient;
import dev.monetize.identity.Subscription;
import dev.monetize.testkit.MemoryJournal;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A subscription's story of six events, brought in every order, with repeats, and with ends of the
 * process between: it leads to the same end, and on the way to what Stripe has at the time.
 */
final class StoryTest {

  private static final List<String> STORY =
      List.of(
          "checkout.session.completed",
          "customer.subscription.created",
          "invoice.paid",
          "invoice.payment_failed",
          "invoice.paid",
          "customer.subscription.deleted");

  /** When each of them happens: a stage is what Stripe has between two of its changes. */
  private static final List<Integer> STAGES = List.of(0, 0, 0, 1, 2, 3);

  /** What the customer has at each stage. */
  private static final List<String> TIERS = List.of("pro", "pro", "pro", "free");

  private static final int ORDERS = 720;
  private static final long SEED = 20260310;

  @TempDir private Path data;

  private final StagedStripe stripe = new StagedStripe();
  private final List<Instant> times = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private final List<Subscription> subscriptions = new ArrayList<>();
  private final List<CustomerBilling> billings = new ArrayList<>();
  private Shop shop;
  private StripeClient client;
  private MemoryJournal journal;
  private StripeBilling billing;
  private StripeWebhookServlet servlet;

  @Test
  void story_inEveryOrder_endsInTheSameState() throws Exception {
    System.out.println("seed of the story's repeats: " + SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    try (Shop opened = new Shop(data)) {
      shop = opened;
      client =
          StripeClient.builder()
              .setApiKey(shop.stripe.apiKey())
              .setApiBase(shop.stripe.apiBase())
              .setHttpClient(stripe)
              .build();
      record();
      assertThat(events).extracting(Shop::type).isEqualTo(STORY);
      assertThat(subscriptions).extracting(Subscription::inForce).isEqualTo(TIERS);
      assertThat(billings)
          .extracting(CustomerBilling::status)
          .containsExactly("active", "past_due", "active", "canceled");
      stripe.replay();
      int told = 0;
      for (List<Integer> order : orders(List.of(0, 1, 2, 3, 4, 5))) {
        tell(order, random);
        told++;
      }
      assertThat(told).isEqualTo(ORDERS);
    }
  }

  /** Plays the story once, and asks at each stage. */
  private void record() throws Exception {
    String acme = shop.customer("acme");
    CheckoutPage page =
        new CheckoutPage(URI.create("https://a.test/"), URI.create("https://b.test/"));
    shop.billing.checkoutLink("acme", "pro", page);
    shop.stripe.completeCheckout(
        shop.client.v1().checkout().sessions().list().getData().get(0).getId());
    stage("checkout.session.completed", "customer.subscription.created", "invoice.paid");

    shop.stripe.failPayments(acme);
    shop.later(Duration.between(Shop.START, Instant.parse("2026-04-10T13:34:56Z")));
    stage("invoice.payment_failed");

    shop.stripe.recoverPayments(acme);
    shop.later(Duration.ofDays(3));
    stage("invoice.paid");

    shop.client.v1().subscriptions().cancel(billings.get(0).subscription().orElseThrow());
    stage("customer.subscription.deleted");
  }

  private void stage(String... types) throws Exception {
    stripe.stage(times.size());
    times.add(shop.clock.instant());
    List<String> all = shop.events();
    for (String type : types) {
      events.add(
          all.stream()
              .filter(event -> Shop.type(event).equals(type) && !events.contains(event))
              .findFirst()
              .orElseThrow());
    }
    begin();
    deliver(events.get(events.size() - 1));
    work();
    subscriptions.add(now());
    billings.add(billing.billing("acme").orElseThrow());
  }

  /** What the customer has, whatever it had before. */
  private Subscription now() {
    Subscription has = shop.has("acme");
    return new Subscription(
        has.customer(),
        has.tier(),
        has.fallback(),
        has.status(),
        has.anchor(),
        has.overrides(),
        has.providerId(),
        List.of());
  }

  /** One who knows nothing yet. */
  private void begin() throws IOException {
    journal = new MemoryJournal();
    restart();
  }

  private void restart() throws IOException {
    billing =
        new StripeBilling(
            new BillingSettings(
                client,
                BillingBook.open(journal::open, shop.clock),
                new LookupKeys("monetize"),
                new BillingRules(Duration.ofDays(7), null, Map.of()),
                shop.clock,
                0));
    servlet = new StripeWebhookServlet(billing, Shop.SECRET);
    billing.start(shop.monetizer);
  }

  private void deliver(String event) {
    String header = Posted.signed(event, Shop.SECRET, shop.clock.instant());
    byte[] body = event.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    assertThat(Posted.to(servlet, body, List.of(header)).status()).isEqualTo(200);
  }

  private void work() throws Exception {
    while (billing.step()) {
      // there may be more
    }
  }

  private void tell(List<Integer> order, SplittableRandom random) throws Exception {
    shop.monetizer.accounts().subscribe(Subscription.to("free", "acme"));
    begin();
    int stage = 0;
    List<Integer> brought = new ArrayList<>();
    for (int event : order) {
      stage = Math.max(stage, STAGES.get(event));
      stripe.stage(stage);
      shop.clock.set(times.get(stage));
      brought.add(event);
      deliver(events.get(event));
      while (random.nextInt(3) == 0) {
        deliver(events.get(brought.get(random.nextInt(brought.size()))));
      }
      if (random.nextInt(4) == 0) {
        restart(); // what was taken in is there
      }
      if (random.nextInt(3) > 0) {
        work();
        check(order, stage);
      }
    }
    work();
    check(order, stage);
    assertThat(stage).isEqualTo(times.size() - 1);
  }

  private void check(List<Integer> order, int stage) {
    assertThat(now()).as("%s", order).isEqualTo(subscriptions.get(stage));
    CustomerBilling seen = billing.billing("acme").orElseThrow();
    CustomerBilling wanted = billings.get(stage);
    assertThat(seen.status()).as("%s", order).isEqualTo(wanted.status());
    assertThat(seen).as("%s", order).isEqualTo(wanted);
    assertThat(billing.inbox().pending()).isZero();
    assertThat(billing.inbox().failing()).isEmpty();
  }

  private static List<List<Integer>> orders(List<Integer> of) {
    if (of.isEmpty()) {
      return List.of(List.of());
    }
    List<List<Integer>> all = new ArrayList<>();
    for (Integer first : of) {
      List<Integer> rest = new ArrayList<>(of);
      rest.remove(first);
      for (List<Integer> order : orders(rest)) {
        List<Integer> whole = new ArrayList<>(List.of(first));
        whole.addAll(order);
        all.add(whole);
      }
    }
    return all;
  }
}
