// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.production;

import dev.monetize.Monetizer;
import dev.monetize.redis.RedisUsageJournal;
import dev.monetize.stripe.StripeBilling;
import dev.monetize.stripe.StripeUsageSink;
import dev.monetize.stripe.StripeWebhookServlet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import redis.clients.jedis.UnifiedJedis;

/**
 * Billing at Stripe. What is on its way there, and what came from there, is kept in Redis for all
 * instances: one of them sends, and one deals with events; when it ends another one goes on.
 */
final class StripePart implements AutoCloseable {

  private static final Duration ENDING = Duration.ofSeconds(1);

  private final StripeSettings settings;
  private final StripeBilling billing;
  private final StripeUsageSink sink;

  StripePart(StripeSettings settings, UnifiedJedis redis, Path data) throws IOException {
    this.settings = settings;
    this.billing =
        StripeBilling.builder(settings.connection(), data)
            .journal(RedisUsageJournal.on(redis).prefix("monetize:stripe-billing:"))
            .open();
    this.sink =
        StripeUsageSink.builder(settings.connection(), data)
            .outbox(RedisUsageJournal.on(redis).prefix("monetize:stripe-outbox:"))
            .meter("calls", "monetize_calls")
            .meter("tokens", "monetize_tokens")
            .customers(billing::stripeCustomer)
            .periods(billing::periodStart)
            .flushEvery(settings.flushEvery())
            .build();
  }

  StripeUsageSink sink() {
    return sink;
  }

  void start(Monetizer monetizer) {
    billing.start(monetizer, sink);
  }

  void addTo(ServletContextHandler app, Monetizer monetizer) {
    app.addServlet(
        new ServletHolder(new StripeWebhookServlet(billing, settings.webhookSecret())),
        "/stripe/webhook");
    app.addServlet(new ServletHolder(new CheckoutServlet(monetizer, billing)), "/billing/checkout");
  }

  @Override
  public void close() {
    sink.close(ENDING);
    billing.close();
  }
}
