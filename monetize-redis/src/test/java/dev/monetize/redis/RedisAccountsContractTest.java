// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.identity.CustomerStore;
import dev.monetize.identity.Subscriptions;
import dev.monetize.testkit.CustomerStoreContract;
import dev.monetize.testkit.SubscriptionsContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import redis.clients.jedis.RedisClient;

class RedisAccountsContractTest {

  private final RedisClient redis = TestRedis.empty();

  @AfterEach
  void close() {
    redis.close();
  }

  @Nested
  class OfCustomers extends CustomerStoreContract {
    @Override
    protected CustomerStore open() {
      return RedisCustomers.on(redis);
    }
  }

  @Nested
  class OfSubscriptions extends SubscriptionsContract {
    @Override
    protected Subscriptions open() {
      return RedisSubscriptions.on(redis);
    }
  }
}
