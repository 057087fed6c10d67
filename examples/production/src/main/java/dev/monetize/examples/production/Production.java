// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.production;

import dev.monetize.Monetizer;
import dev.monetize.MonetizerBuilder;
import dev.monetize.examples.quickstart.ApiServer;
import dev.monetize.identity.MonetizeKeys;
import dev.monetize.redis.RedisCustomers;
import dev.monetize.redis.RedisRateLimiter;
import dev.monetize.redis.RedisSubscriptions;
import dev.monetize.redis.RedisUsageJournal;
import dev.monetize.tier.TierCatalog;
import dev.monetize.usage.JsonLinesSink;
import java.time.Duration;
import java.util.Map;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** The quickstart's API, as one of many instances that share a Redis. */
public final class Production {

  /** How long a failover may take, while which usage waits in memory. */
  private static final Duration FAILOVER = Duration.ofSeconds(10);

  private static final int GREETINGS = 20;

  private Production() {}

  /** All that is other than in the quickstart. */
  private static MonetizerBuilder monetizer(
      Settings settings, TierCatalog tiers, UnifiedJedis redis, MonetizeKeys format) {
    return Monetizer.builder()
        .tiers(tiers)
        .dataDirectory(settings.data())
        .keyFormat(format)
        .customers(RedisCustomers.on(redis))
        .subscriptions(RedisSubscriptions.on(redis))
        .limiter(used -> RedisRateLimiter.on(redis).restoredFrom(used).build())
        .usageJournal(RedisUsageJournal.on(redis).tolerance(FAILOVER))
        .sink("file", new JsonLinesSink(settings.data().resolve("usage.jsonl")));
  }

  /** The first answer in a new process may take longer than any later one. */
  private static void greet(UnifiedJedis redis) {
    for (int i = 1; i < GREETINGS; i++) {
      try {
        redis.exists("monetize:greeting"); // a cluster has no PING
        return;
      } catch (JedisConnectionException e) {
        // a timeout, mostly
      }
    }
  }

  private static void run(Settings settings) throws Exception {
    UnifiedJedis redis = settings.redis().connect(); // open as long as the process runs
    greet(redis);
    MonetizeKeys format = MonetizeKeys.under(settings.pepper());
    Map<String, String> keys =
        new SharedDemo(RedisCustomers.on(redis), RedisSubscriptions.on(redis), format)
            .keys(settings.demoSecret());
    TierCatalog tiers = ApiServer.tiers();
    MonetizerBuilder builder = monetizer(settings, tiers, redis, format);
    if (settings.billing().isEmpty()) {
      new ApiServer(builder.build(), settings.environment()).run(keys);
    } else {
      StripePart stripe = new StripePart(settings.billing().get(), tiers, redis, settings.data());
      Monetizer monetizer = builder.sink("stripe", stripe.sink()).build();
      stripe.start(monetizer);
      ApiServer server =
          new ApiServer(
              monetizer,
              settings.environment(),
              app -> stripe.addTo(app, monetizer, settings.adminToken()));
      stripe.makePrices(monetizer);
      server.run(keys, stripe);
    }
  }

  /**
   * Runs until the process is told to stop. What keeps it from starting is told in a line, and is
   * exit code 1: a supervisor that starts it again is the one who waits for Redis.
   */
  public static void main(String[] args) {
    try {
      run(Settings.of(System.getenv()));
    } catch (Exception e) {
      System.err.println(e.getMessage() == null ? e.toString() : e.getMessage());
      System.exit(1);
    }
  }
}
