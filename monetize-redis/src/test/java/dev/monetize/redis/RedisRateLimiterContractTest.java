// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.RateLimiter;
import dev.monetize.limit.WindowUse;
import dev.monetize.testkit.RateLimiterContract;
import org.junit.jupiter.api.AfterEach;
import redis.clients.jedis.RedisClient;

class RedisRateLimiterContractTest extends RateLimiterContract {

  private final RedisClient redis = TestRedis.empty();

  @Override
  protected RateLimiter limiter() {
    return new RedisRateLimiter(redis, "m:", WindowUse.NONE, new Instance(1, 30), true);
  }

  @AfterEach
  void close() {
    redis.close();
  }
}
