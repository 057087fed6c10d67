// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.Admission;
import dev.monetize.ApiCall;
import dev.monetize.Denied;
import dev.monetize.Granted;
import dev.monetize.Monetizer;
import dev.monetize.Outcome;
import dev.monetize.Reason;
import dev.monetize.identity.Customers;
import dev.monetize.identity.KeyHash;
import dev.monetize.identity.KeyOwner;
import dev.monetize.identity.MonetizeKeys;
import dev.monetize.identity.Pepper;
import dev.monetize.identity.Subscription;
import dev.monetize.testkit.Direction;
import dev.monetize.testkit.FaultProxy;
import dev.monetize.tier.TierCatalog;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;

/** Accounts in a Redis that is silent: calls are answered from what is known, without waiting. */
@Timeout(60)
class AccountsOutageTest {

  private static final int TIMEOUT_MILLIS = 200;
  private static final KeyHash SOMEBODY = KeyHash.sha256("somebody");
  private static final String TIERS =
      "tiers:\n  free: {price: 0, rate_limit: 100000/s, endpoints: [/v1/*]}\n";

  @TempDir private Path data;
  private final RedisClient admin = TestRedis.empty();
  private final FaultProxy proxy = FaultProxy.to("localhost", TestRedis.port());
  private final RedisClient redis =
      RedisClient.builder()
          .hostAndPort("localhost", proxy.port())
          .clientConfig(DefaultJedisClientConfig.builder().timeoutMillis(TIMEOUT_MILLIS).build())
          .build();
  private final Told told = new Told();
  private final List<Long> durations = new ArrayList<>();

  @AfterEach
  void close() {
    redis.close();
    proxy.close();
    admin.close();
  }

  private Monetizer instance(String name, Customers customers) {
    return Monetizer.builder()
        .tiers(TierCatalog.parse("tiers.yml", TIERS))
        .dataDirectory(data.resolve(name))
        .keyFormat(MonetizeKeys.under(Pepper.of("test", new byte[32])))
        .callerCache(Duration.ZERO) // so that each call would look up
        .customers(customers)
        .defaultTier("free")
        .build();
  }

  private List<String> keys(int count) {
    List<String> keys = new ArrayList<>();
    try (Monetizer issuing = instance("issuing", RedisCustomers.on(admin))) {
      for (int i = 0; i < count; i++) {
        issuing.accounts().createCustomer("c" + i, "", "free");
        keys.add(issuing.accounts().issueKey("c" + i, "").takeSecret());
      }
    }
    return keys;
  }

  private Admission call(Monetizer instance, String key) {
    long start = System.nanoTime();
    Admission admission = instance.admit(ApiCall.of("GET", "/v1/x", key));
    durations.add(System.nanoTime() - start);
    if (admission instanceof Granted call) {
      call.settle(Outcome.answered(200));
    }
    return admission;
  }

  private void assertServed(Monetizer instance, List<String> keys) {
    keys.forEach(key -> assertThat(call(instance, key)).isInstanceOf(Granted.class));
  }

  /** Calls that waited for Redis, as many as there are. */
  private long slow() {
    return durations.stream().filter(nanos -> nanos >= TIMEOUT_MILLIS * 1_000_000L).count();
  }

  /** Tells of no changes, so that nobody is looked up anew but by the cache. */
  private record Unheard(RedisCustomers store) implements Customers {

    @Override
    public Optional<KeyOwner> find(KeyHash hash) {
      return store.find(hash);
    }
  }

  @Test
  void silentRedis_slowsFiveCalls_knownCallersAreServedAndOthersToldToTryAgain() {
    List<String> keys = keys(300);
    try (Monetizer here = instance("here", new Unheard(RedisCustomers.on(redis)))) {
      List<String> known = keys.subList(0, 200);
      assertServed(here, known);
      durations.clear();
      proxy.hold(Direction.TO_CLIENT);

      for (int round = 0; round < 20; round++) {
        assertServed(here, known);
      }
      for (String unknown : keys.subList(200, 300)) {
        assertThat(call(here, unknown))
            .isInstanceOfSatisfying(
                Denied.class,
                denied -> assertThat(denied.reason()).isEqualTo(Reason.IDENTITY_UNAVAILABLE));
      }
      assertThat(slow()).isBetween(1L, 5L);

      proxy.heal();
      TestNodes.await(
          "who was unknown is known", () -> call(here, keys.get(299)) instanceof Granted);
    }
  }

  @Test
  void revocationMeanwhile_isSeenOnceRedisIsBack() throws Exception {
    List<String> keys = keys(20);
    try (Monetizer elsewhere = instance("elsewhere", RedisCustomers.on(admin));
        Monetizer here = instance("here", new Heard(RedisCustomers.on(redis), told))) {
      told.next(Told.MISSED, 10);
      assertServed(here, keys);
      proxy.partition();
      assertServed(here, keys);
      elsewhere.accounts().keys("c7").forEach(key -> elsewhere.accounts().revokeKey(key.id()));
      assertServed(here, keys);
      assertThat(slow()).isBetween(1L, 5L);

      proxy.heal();
      TestNodes.await(
          "the revocation is seen",
          () ->
              call(here, keys.get(7)) instanceof Denied denied
                  && denied.reason() == Reason.KEY_EXPIRED);
    }
  }

  /** Nobody has to wait for that: not one call is made between. */
  @Test
  void redisThatIsBack_isFoundOutByItself() {
    RedisCustomers customers = RedisCustomers.on(redis);
    RedisSubscriptions subscriptions = RedisSubscriptions.on(redis);
    RedisSubscriptions.on(admin).put(Subscription.to("free", "acme"));
    proxy.hold(Direction.TO_CLIENT);
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(() -> customers.find(SOMEBODY))
          .hasMessageStartingWith("accounts in Redis (monetize:*): no server can be reached");
    }
    long before = proxy.traffic().turns();

    assertThatThrownBy(() -> subscriptions.find("acme"))
        .as("one client, one server")
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith(
            "accounts in Redis (monetize:*): not asked, as it did not answer before: ")
        .hasStackTraceContaining("SocketTimeoutException");

    proxy.heal();
    TestNodes.await("it is asked by itself", () -> proxy.traffic().turns() > before);
    TestNodes.await("it is asked again", () -> LookUps.through(redis).away() == null);
    assertThat(subscriptions.find("acme")).isPresent();
  }

  @Test
  void anAnswerThatSomethingIsWrongWithOneName_isAnAnswer() {
    admin.lpush("monetize:key:" + SOMEBODY.hex(), "something else");
    RedisCustomers customers = RedisCustomers.on(redis);
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> customers.find(SOMEBODY))
          .hasMessageContaining("something else uses a name of ours");
    }
    assertThat(customers.find(KeyHash.sha256("nobody"))).isEmpty();
  }
}
