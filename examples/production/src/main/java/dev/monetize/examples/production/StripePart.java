// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.production;

import com.stripe.exception.StripeException;
import dev.monetize.Monetizer;
import dev.monetize.redis.RedisUsageJournal;
import dev.monetize.stripe.CatalogPlan;
import dev.monetize.stripe.StripeBilling;
import dev.monetize.stripe.StripeCatalog;
import dev.monetize.stripe.StripeUsageSink;
import dev.monetize.stripe.StripeUsageSinkBuilder;
import dev.monetize.stripe.StripeWebhookServlet;
import dev.monetize.tier.TierCatalog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
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
  private final StripeCatalog catalog;
  private final StripeBilling billing;
  private final StripeUsageSink sink;

  StripePart(StripeSettings settings, TierCatalog tiers, UnifiedJedis redis, Path data)
      throws IOException {
    this.settings = settings;
    this.catalog = StripeCatalog.of(settings.connection());
    this.billing =
        StripeBilling.builder(settings.connection(), data)
            .journal(RedisUsageJournal.on(redis).prefix("monetize:stripe-billing:"))
            .open();
    StripeUsageSinkBuilder reporting =
        StripeUsageSink.builder(settings.connection(), data)
            .outbox(RedisUsageJournal.on(redis).prefix("monetize:stripe-outbox:"))
            .billing(billing)
            .flushEvery(settings.flushEvery());
    catalog.meters(tiers).forEach(reporting::meter);
    this.sink = reporting.build();
  }

  StripeUsageSink sink() {
    return sink;
  }

  /** Begins to deal with what came. */
  void start(Monetizer monetizer) {
    billing.start(monetizer, sink);
  }

  /** Makes at Stripe what it does not have yet, on a thread: callers do not wait for Stripe. */
  void makePrices(Monetizer monetizer) {
    Thread thread = new Thread(() -> tryToMakePrices(monetizer), "stripe-catalog");
    thread.setDaemon(true);
    thread.start();
  }

  private void tryToMakePrices(Monetizer monetizer) {
    try {
      CatalogPlan done = catalog.apply(monetizer.tiers());
      if (!done.isEmpty()) {
        System.err.println(done);
      }
    } catch (StripeException | IllegalStateException e) {
      System.err.println("nobody can subscribe to what Stripe has no price for: " + e.getMessage());
    }
  }

  void addTo(ServletContextHandler app, Monetizer monetizer, Optional<String> adminToken) {
    String[] secrets = settings.webhookSecrets().toArray(String[]::new);
    app.addServlet(
        new ServletHolder(new StripeWebhookServlet(billing, secrets)), "/stripe/webhook");
    app.addServlet(new ServletHolder(new CheckoutServlet(monetizer, billing)), "/billing/checkout");
    BillingStatus status = new BillingStatus(monetizer, billing, sink, settings.connection());
    adminToken
        .map(token -> new ServletHolder(new BillingStatusServlet(status, token)))
        .ifPresent(servlet -> app.addServlet(servlet, "/billing/status"));
  }

  @Override
  public void close() {
    sink.close(ENDING);
    billing.close(ENDING);
  }
}
