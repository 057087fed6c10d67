// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.RateLimiter;
import dev.monetize.testkit.RateLimiterContract;
import org.junit.jupiter.api.AfterEach;
import redis.clients.jedis.RedisClient;

class RedisRateLimiterContractTest extends RateLimiterContract {

  private final RedisClient redis = TestRedis.empty();

  @Override
  protected RateLimiter limiter() {
    return RedisRateLimiter.on(redis).callersTime().build();
  }

  @AfterEach
  void close() {
    redis.close();
  }
}
