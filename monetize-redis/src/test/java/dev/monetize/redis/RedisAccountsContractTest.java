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

  /** Answers get lost, and the client of a cluster asks again: each is told what its call did. */
  @Nested
  class OfCustomersWhoseCommandsComeTwice extends CustomerStoreContract {

    private final RepeatingRedis repeating = new RepeatingRedis(TestRedis.port());

    @Override
    protected CustomerStore open() {
      return new RedisCustomers(repeating, "monetize:");
    }

    @AfterEach
    void closeClient() {
      repeating.close();
    }
  }

  @Nested
  class OfSubscriptionsWhoseCommandsComeTwice extends SubscriptionsContract {

    private final RepeatingRedis repeating = new RepeatingRedis(TestRedis.port());

    @Override
    protected Subscriptions open() {
      return RedisSubscriptions.on(repeating);
    }

    @AfterEach
    void closeClient() {
      repeating.close();
    }
  }
}
