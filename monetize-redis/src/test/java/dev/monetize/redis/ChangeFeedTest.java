// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.identity.ApiKey;
import dev.monetize.identity.Changes;
import dev.monetize.identity.KeyHash;
import dev.monetize.identity.Subscription;
import java.net.ServerSocket;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.UnifiedJedis;

class ChangeFeedTest {

  private static final Instant CREATED = Instant.parse("2026-01-14T10:00:00Z");
  private static final ApiKey KEY =
      new ApiKey("key_1", "acme", new KeyHash(1, 2, 3, 4), "", CREATED, null);

  private final RedisClient redis = TestRedis.empty();
  private final RedisClient otherRedis = RedisClient.create("localhost", TestRedis.port());
  private final RedisCustomers here = RedisCustomers.on(redis);
  private final RedisCustomers elsewhere = RedisCustomers.on(otherRedis);
  private final Told told = new Told();

  @AfterEach
  void close() {
    redis.close();
    otherRedis.close();
  }

  private static void kill(UnifiedJedis redis) {
    ServerCommand.run(redis, Protocol.Command.CLIENT, "KILL", "TYPE", "pubsub");
  }

  @Test
  void changeOfAKeyElsewhere_isTold() throws Exception {
    try (AutoCloseable feed = here.listen(told)) {
      told.next(Told.MISSED);

      elsewhere.put(KEY);
      told.next("acme");
      elsewhere.put(KEY.revokedAt(CREATED));
      told.next("acme");
    }
  }

  @Test
  void changeOfASubscriptionElsewhere_isTold() throws Exception {
    try (AutoCloseable feed = RedisSubscriptions.on(redis).listen(told)) {
      told.next(Told.MISSED);

      RedisSubscriptions.on(otherRedis).put(Subscription.to("pro", "acme"));

      told.next("acme");
    }
  }

  @Test
  void changeOfAnotherService_isNotTold() throws Exception {
    try (AutoCloseable feed = here.listen(told)) {
      told.next(Told.MISSED);

      RedisCustomers.on(otherRedis, "other:").put(KEY.withHash(new KeyHash(5, 6, 7, 8)));
      elsewhere.put(KEY);

      told.next("acme");
      told.nothing();
    }
  }

  @Test
  void lostConnection_isToldAsMissed() throws Exception {
    elsewhere.put(KEY);
    try (AutoCloseable feed = here.listen(told)) {
      told.next(Told.MISSED);
      kill(otherRedis);
      elsewhere.put(
          KEY.revokedAt(CREATED)); // before it hears again, or after: either way it is told

      told.next(Told.MISSED);
      elsewhere.put(KEY.withHash(new KeyHash(5, 6, 7, 8)));
      told.next("acme");
    }
  }

  @ParameterizedTest
  @EnumSource
  void quietConnection_stays(RedisProtocol protocol) throws Exception {
    try (MutedServer server = new MutedServer();
        RedisClient quiet =
            RedisClient.builder()
                .hostAndPort("localhost", server.port())
                .clientConfig(DefaultJedisClientConfig.builder().protocol(protocol).build())
                .build();
        AutoCloseable feed = RedisCustomers.on(quiet).listen(told)) {
      told.next(Told.MISSED);
      server.awaitAnswers(5); // longer than the patience with silence
      told.nothing();

      elsewhere.put(KEY);
      told.next("acme");
    }
  }

  @Test
  void lineThatGoesDead_isGivenUpAndToldAsMissed() throws Exception {
    try (MutedServer server = new MutedServer();
        RedisClient client = RedisClient.create("localhost", server.port());
        AutoCloseable feed = RedisCustomers.on(client).listen(told)) {
      told.next(Told.MISSED);

      server.awaitConnection();
      server.mute(true);
      elsewhere.put(KEY);
      server.awaitConnection();
      server.mute(false);

      told.next(Told.MISSED, 10);
    }
  }

  @Test
  void lineThatIsDeadFromTheStart_isGivenUp() throws Exception {
    try (MutedServer server = new MutedServer();
        RedisClient client = RedisClient.create("localhost", server.port())) {
      server.muteSubscribers(true);
      try (AutoCloseable feed = RedisCustomers.on(client).listen(told)) {
        server.awaitConnection();
        server.awaitConnection();
        server.muteSubscribers(false);

        told.next(Told.MISSED, 10);
      }
    }
  }

  /** However long it was away, it is heard again about a second after it is back. */
  @Test
  void serverThatIsAway_isTriedOnceASecond() throws Exception {
    long[] attempts = new long[13];
    try (ServerSocket refusing = new ServerSocket(0);
        RedisClient client = RedisClient.create("localhost", refusing.getLocalPort())) {
      AutoCloseable feed = RedisCustomers.on(client).listen(told);
      for (int i = 0; i < attempts.length; i++) {
        refusing.accept().close();
        attempts[i] = System.nanoTime();
      }
      feed.close();
    }
    assertThat(attempts[12] - attempts[9]).isLessThan(4_500_000_000L);
  }

  @Test
  void failingListener_isToldOn() throws Exception {
    Told all = told;
    var failing =
        new Changes.Listener() {
          @Override
          public void changed(String customer) {
            all.changed(customer);
            throw new IllegalStateException("no good");
          }

          @Override
          public void missed() {
            all.missed();
            throw new IllegalStateException("no good");
          }
        };
    try (AutoCloseable feed = here.listen(failing)) {
      told.next(Told.MISSED);
      elsewhere.put(KEY);
      told.next("acme");
      elsewhere.put(KEY);
      told.next("acme");
    }
  }

  @Test
  void closedFeed_tellsNothingAndGivesItsConnectionBack() throws Exception {
    here.listen(new Told()).close();
    int before = redis.getPool().getNumActive();
    try (AutoCloseable feed = here.listen(told)) {
      told.next(Told.MISSED);
      assertThat(redis.getPool().getNumActive()).isEqualTo(1);
    }
    assertThat(before).isZero();
    assertThat(redis.getPool().getNumActive()).isZero();

    elsewhere.put(KEY);
    told.nothing();
  }

  @Test
  void clientOfAnotherKind_isRefused() {
    try (UnifiedJedis other = new FailingRedis(TestRedis.port())) {
      assertThatThrownBy(() -> new RedisCustomers(other, "m:").listen(told))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(
              "changes are heard through a RedisClient, RedisSentinelClient or");
    }
  }
}
