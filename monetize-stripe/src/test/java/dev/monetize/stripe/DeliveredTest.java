// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.model.WebhookEndpoint;
import com.stripe.param.WebhookEndpointCreateParams;
import dev.monetize.Monetizer;
import dev.monetize.identity.Subscription;
import dev.monetize.identity.Subscriptions;
import dev.monetize.testkit.MemoryJournal;
import dev.monetize.tier.TierCatalog;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From Stripe's change over HTTP, inbox and threads to the tier. */
final class DeliveredTest {

  @TempDir private Path data;

  /** Subscriptions that tell of each tier that is written. */
  private static final class Told implements Subscriptions {
    private final Map<String, Subscription> all = new ConcurrentHashMap<>();
    private final BlockingQueue<String> tiers = new LinkedBlockingQueue<>();

    @Override
    public Optional<Subscription> find(String customer) {
      return Optional.ofNullable(all.get(customer));
    }

    @Override
    public boolean add(Subscription subscription) {
      boolean added = all.putIfAbsent(subscription.customer(), subscription) == null;
      if (added) {
        tiers.add(subscription.tier());
      }
      return added;
    }

    @Override
    public boolean replace(Subscription present, Subscription next) {
      boolean replaced = all.replace(next.customer(), present, next);
      if (replaced) {
        tiers.add(next.tier());
      }
      return replaced;
    }

    @Override
    public void put(Subscription subscription) {
      all.put(subscription.customer(), subscription);
      tiers.add(subscription.tier());
    }

    @Override
    public Stream<Subscription> all() {
      return all.values().stream();
    }

    String next() throws InterruptedException {
      return String.valueOf(tiers.poll(30, TimeUnit.SECONDS));
    }
  }

  @Test
  void changeAtStripe_isGivenByThreads() throws Exception {
    Told told = new Told();
    try (Shop shop = new Shop(data.resolve("shop"));
        Monetizer monetizer =
            Monetizer.builder()
                .tiers(TierCatalog.parse("tiers.yml", TestTiers.TEXT))
                .dataDirectory(data.resolve("threads"))
                .subscriptions(told)
                .build();
        StripeBilling billing =
            StripeBilling.builder(shop.connection, Path.of("unused"))
                .journal(new MemoryJournal()::open)
                .clock(shop.clock)
                .open();
        Listener listener = new Listener()) {
      WebhookEndpoint endpoint = endpoint(shop, listener.url("/stripe"));
      listener.serve("/stripe", new StripeWebhookServlet(billing, endpoint.getSecret()));
      billing.start(monetizer);
      monetizer.accounts().createCustomer("acme", "Acme", "free");
      shop.card(billing.customer("acme"));
      assertThat(told.next()).isEqualTo("free");

      billing.subscribe("acme", "pro");
      assertThat(told.next()).isEqualTo("pro");
      String subscription = billing.billing("acme").orElseThrow().subscription().orElseThrow();
      shop.client.v1().subscriptions().cancel(subscription);

      assertThat(told.next()).as("by the event").isEqualTo("free");
    }
  }

  private static WebhookEndpoint endpoint(Shop shop, String url) throws Exception {
    WebhookEndpointCreateParams.Builder params =
        WebhookEndpointCreateParams.builder()
            .setUrl(url)
            .putExtraParam("api_version", StripeBilling.API_VERSION);
    for (WebhookEndpointCreateParams.EnabledEvent event :
        WebhookEndpointCreateParams.EnabledEvent.values()) {
      if (StripeWebhookServlet.EVENTS.contains(event.getValue())) {
        params.addEnabledEvent(event);
      }
    }
    WebhookEndpointCreateParams made = params.build();
    assertThat(made.getEnabledEvents()).hasSize(StripeWebhookServlet.EVENTS.size());
    return shop.client.v1().webhookEndpoints().create(made);
  }
}
