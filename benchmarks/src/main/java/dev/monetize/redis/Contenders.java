// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Charge;
import dev.monetize.limit.Decision.Allowed;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Subject;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.BucketProxy;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.redis.jedis.Bucket4jJedis;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.redisson.Redisson;
import org.redisson.api.RRateLimiter;
import org.redisson.api.RateType;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;

/** The limiters compared, each with a client of its own of as many connections. */
final class Contenders {

  static final int CONNECTIONS = 32;

  private static final long PERMITS = 100_000_000;
  private static final List<Duration> PERIODS =
      List.of(Duration.ofDays(10), Duration.ofDays(20), Duration.ofDays(30));

  private Contenders() {}

  static RedisClient client(int port) {
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(CONNECTIONS);
    pool.setMaxIdle(CONNECTIONS);
    return RedisClient.builder()
        .hostAndPort(new HostAndPort("localhost", port))
        .poolConfig(pool)
        .build();
  }

  static Charge charge() {
    LimitSet limits =
        LimitSet.of(
            List.of(
                RateLimit.of("ten-days", PERMITS, PERIODS.get(0)),
                RateLimit.of("twenty-days", PERMITS, PERIODS.get(1)),
                RateLimit.of("thirty-days", PERMITS, PERIODS.get(2))));
    return Charge.of(limits, limit -> 1);
  }

  static Contender monetize(int port) {
    RedisClient redis = client(port);
    RedisRateLimiter limiter = RedisRateLimiter.on(redis).prefix("mz:").build();
    Charge charge = charge();
    Map<String, Subject> subjects = new ConcurrentHashMap<>();
    return new Contender() {
      @Override
      public boolean acquire(String key) {
        Subject subject = subjects.computeIfAbsent(key, k -> new Subject(k, "k"));
        return limiter.acquire(subject, charge, System.currentTimeMillis() * 1_000_000)
            instanceof Allowed;
      }

      @Override
      public void close() {
        limiter.close();
        redis.close();
      }
    };
  }

  static Contender bucket4j(int port) {
    RedisClient redis = client(port);
    ProxyManager<byte[]> buckets =
        Bucket4jJedis.casBasedBuilder(redis)
            .expirationAfterWrite(
                ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(
                    Duration.ofSeconds(10)))
            .build();
    var builder = BucketConfiguration.builder();
    for (Duration period : PERIODS) {
      builder.addLimit(limit -> limit.capacity(PERMITS).refillGreedy(PERMITS, period));
    }
    BucketConfiguration configuration = builder.build();
    Map<String, BucketProxy> known = new ConcurrentHashMap<>();
    return new Contender() {
      @Override
      public boolean acquire(String key) {
        return known
            .computeIfAbsent(
                key, k -> buckets.getProxy(k.getBytes(StandardCharsets.UTF_8), () -> configuration))
            .tryConsume(1);
      }

      @Override
      public void close() {
        redis.close();
      }
    };
  }

  /** One limit each, so that three are three, and not all or nothing. */
  static Contender redisson(int port) {
    Config config = new Config();
    config
        .useSingleServer()
        .setAddress("redis://localhost:" + port)
        .setConnectionPoolSize(CONNECTIONS)
        .setConnectionMinimumIdleSize(CONNECTIONS);
    RedissonClient redis = Redisson.create(config);
    Map<String, List<RRateLimiter>> known = new ConcurrentHashMap<>();
    return new Contender() {
      @Override
      public boolean acquire(String key) {
        boolean allowed = true;
        for (RRateLimiter limiter : known.computeIfAbsent(key, this::limiters)) {
          allowed &= limiter.tryAcquire(1);
        }
        return allowed;
      }

      private List<RRateLimiter> limiters(String key) {
        return PERIODS.stream().map(period -> limiter(key, period)).toList();
      }

      private RRateLimiter limiter(String key, Duration period) {
        RRateLimiter limiter = redis.getRateLimiter(key + "-" + period.toDays());
        limiter.trySetRate(RateType.OVERALL, PERMITS, period);
        return limiter;
      }

      @Override
      public void close() {
        redis.shutdown();
      }
    };
  }
}
