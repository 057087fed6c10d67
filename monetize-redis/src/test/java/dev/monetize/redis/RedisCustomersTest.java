// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.identity.ApiKey;
import dev.monetize.identity.Customer;
import dev.monetize.identity.KeyHash;
import dev.monetize.identity.Subscription;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.util.JedisClusterCRC16;

class RedisCustomersTest {

  private static final Instant CREATED = Instant.parse("2026-01-14T10:00:00Z");
  private static final ApiKey KEY =
      new ApiKey("key_1", "acme", KeyHash.sha256("a key"), "main", CREATED, null);
  private static final ApiKey MOVED = KEY.withHash(KeyHash.sha256("a key, peppered"));

  private final RedisClient redis = TestRedis.empty();
  private final RedisCustomers store = RedisCustomers.on(redis);
  private final FailingRedis failing = new FailingRedis(TestRedis.port());
  private final RedisCustomers failingStore = new RedisCustomers(failing, "monetize:");

  @AfterEach
  void close() {
    ServerCommand.run(redis, Protocol.Command.CONFIG, "SET", "maxmemory", "0");
    redis.close();
    failing.close();
  }

  @Test
  void names_areAsDocumented() {
    store.put(new Customer("acme", "Acme"));
    store.put(KEY);
    RedisSubscriptions.on(redis).put(Subscription.to("pro", "acme"));

    Set<String> names = redis.keys("*");
    for (String done : redis.keys("monetize:done:*")) {
      assertThat(redis.ttl(done)).as(done).isBetween(1L, 600L);
      names.remove(done);
    }
    assertThat(names)
        .containsExactlyInAnyOrder(
            "monetize:customer:acme",
            "monetize:keys-of:acme",
            "monetize:key-id:key_1",
            "monetize:key:" + KEY.hash().hex(),
            "monetize:subscriptions:23");
    assertThat(redis.get("monetize:key:" + KEY.hash().hex()))
        .startsWith("1 key_1 {\"id\":\"key_1\",\"customer\":\"acme\",");
    assertThat(redis.get("monetize:key-id:key_1")).isEqualTo("1 acme " + KEY.hash().hex());
  }

  @Test
  void hashThatAKeyLeft_isForgottenAfterADay() {
    store.put(KEY);
    store.put(MOVED);

    assertThat(redis.ttl("monetize:key:" + KEY.hash().hex())).isBetween(86_300L, 86_400L);
    assertThat(redis.ttl("monetize:key:" + MOVED.hash().hex())).isEqualTo(-1);
    assertThat(redis.get("monetize:key-id:key_1")).isEqualTo("2 acme " + MOVED.hash().hex());
  }

  private static final List<Change> CHANGES =
      List.of(
          new Change(null, KEY),
          new Change(KEY, KEY.revokedAt(CREATED)),
          new Change(KEY, MOVED),
          new Change(KEY, MOVED.revokedAt(CREATED)));

  @Test
  void connectionThatBreaksAtAnyStep_leavesNoKeyThatWorksUnseen() {
    int steps = 0;
    for (Change change : CHANGES) {
      for (boolean done : new boolean[] {false, true}) {
        for (int n = 1; breaks(change, n, done); n++) {
          steps++;
        }
      }
    }
    assertThat(steps).isGreaterThan(30);
  }

  @Test
  void addingThatBreaksAtAnyStep_isCompletedByTheSameAgain() {
    int steps = 0;
    for (boolean done : new boolean[] {false, true}) {
      for (int n = 1; addingBreaks(n, done); n++) {
        steps++;
      }
    }
    assertThat(steps).isGreaterThan(8);
  }

  private boolean addingBreaks(int n, boolean done) {
    redis.flushAll();
    failing.failAt(n, done);
    boolean broke = false;
    try {
      assertThat(failingStore.add(KEY)).isTrue();
    } catch (UncheckedIOException e) {
      assertThat(e).hasMessageContaining("it broke");
      broke = true;
    }
    failing.failAt(0, false);
    boolean there = store.key("key_1").isPresent();

    if (redis.exists("monetize:key-id:key_1")) {
      assertThat(store.add(MOVED)).as("broken at step %s", n).isFalse();
    }
    assertThat(store.add(KEY)).as("broken at step %s", n).isEqualTo(!there);
    assertWhole(KEY);
    return broke;
  }

  /** One who adds is told that it did, whatever is in the id; the names share a slot. */
  @Test
  void nameBesideACustomers_isInItsSlot() {
    for (String prefix : List.of("monetize:", "{monetize}:")) {
      for (String id : List.of("acme", "{acme}", "x{acme}y", "ac{me", "%{a}{b}")) {
        redis.flushAll();
        new RedisCustomers(redis, prefix).put(new Customer(id, ""));
        Set<Integer> slots = new HashSet<>();
        redis.keys("*").forEach(name -> slots.add(JedisClusterCRC16.getSlot(name)));
        assertThat(redis.keys("*")).as(id).hasSize(2);
        assertThat(slots).as(id).hasSize(1);
      }
    }
    redis.flushAll();
    for (String id : List.of("ac}me", "{}acme")) {
      assertThat(store.add(new Customer(id, ""))).as("none beside").isTrue();
      assertThat(store.add(new Customer(id, ""))).isFalse();
    }
  }

  @Test
  void keysThatEnd_areFound_byTheEndThatTheyHave() {
    Instant soon = Instant.now().plus(Duration.ofDays(2));
    Instant later = soon.plus(Duration.ofDays(9));
    ApiKey moved = KEY.withValidUntil(later);
    ApiKey revoked = key("key_2", soon);
    store.put(moved);
    assertThat(store.ending(soon.minusSeconds(9), soon)).isEmpty();
    assertThat(store.ending(later, later)).containsExactly(moved);
    assertThat(store.replace(moved, KEY.withValidUntil(soon))).isTrue();
    assertThat(store.add(revoked)).isTrue();
    assertThat(store.add(key("key_3", later))).isTrue();
    assertThat(store.replace(revoked, revoked.revokedAt(soon.minusSeconds(1)))).isTrue();
    store.put(key("key_4", Instant.now().minus(Duration.ofDays(40))));
    store.put(key("key_5", soon));

    assertThat(store.ending(soon.minusSeconds(9), soon))
        .extracting(ApiKey::id)
        .containsExactlyInAnyOrder("key_1", "key_5");
    assertThat(store.ending(Instant.EPOCH, later))
        .extracting(ApiKey::id)
        .as("what ended long ago is no news")
        .containsExactlyInAnyOrder("key_1", "key_3", "key_5");
  }

  private static ApiKey key(String id, Instant end) {
    return new ApiKey(id, "acme", KeyHash.sha256(id), "", CREATED, end);
  }

  private record Change(@Nullable ApiKey before, ApiKey after) {}

  /** Whether the n-th step of a change, which broke, was one of it. */
  private boolean breaks(Change change, int n, boolean done) {
    redis.flushAll();
    if (change.before != null) {
      store.put(change.before);
    }
    failing.failAt(n, done);
    try {
      failingStore.put(change.after);
    } catch (UncheckedIOException e) {
      assertThat(e).hasMessageContaining("it broke");
    }
    boolean broke = !failing.waits();
    failing.failAt(0, false);

    for (ApiKey one : new ApiKey[] {KEY, MOVED}) {
      store
          .find(one.hash())
          .ifPresent(
              owner -> {
                assertThat(store.key(owner.key())).isPresent();
                assertThat(store.keys(owner.customer())).hasSize(1);
              });
    }
    if (change.before != null) {
      assertThat(store.keys("acme")).hasSize(1);
    }
    if (broke) {
      store.put(change.after);
    }
    assertWhole(change.after);
    return broke;
  }

  private void assertWhole(ApiKey key) {
    ApiKey other = key.hash().equals(KEY.hash()) ? MOVED : KEY;
    assertThat(store.key("key_1")).contains(key);
    assertThat(store.keys("acme")).containsExactly(key);
    assertThat(store.find(key.hash()).orElseThrow().validUntil()).isEqualTo(key.validUntil());
    assertThat(store.find(other.hash())).isEmpty();
  }

  @Test
  void revocationAfterABrokenMove_endsBothHashes() {
    store.put(KEY);
    failing.failAt(5, false); // the new hash holds the key, the old one too
    assertThatThrownBy(() -> failingStore.put(MOVED)).isInstanceOf(UncheckedIOException.class);
    assertThat(store.find(KEY.hash())).isPresent();
    assertThat(store.find(MOVED.hash())).isPresent();

    store.put(store.key("key_1").orElseThrow().revokedAt(CREATED));

    assertThat(store.find(KEY.hash())).isEmpty();
    assertThat(store.find(MOVED.hash()).orElseThrow().validUntil()).isEqualTo(CREATED);
  }

  @Test
  void scriptsThatTheServerForgot_areSentAgain() {
    store.put(KEY);
    redis.scriptFlush();
    store.put(KEY.revokedAt(CREATED));

    assertThat(store.key("key_1").orElseThrow().revoked()).isTrue();
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String says) {
    assertThatThrownBy(call)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith("accounts in Redis (monetize:*): " + says);
  }

  @Test
  void serverThatIsNotThere_isSaid() {
    try (RedisClient nobody = RedisClient.create("localhost", 1)) {
      String says =
          "no server can be reached; see that one is up, and that the client has its address"
              + " (Failed to connect to localhost:1.)";
      refused(() -> RedisCustomers.on(nobody).find(KEY.hash()), says);
      refused(() -> RedisCustomers.on(nobody).put(KEY), says);
      refused(() -> RedisSubscriptions.on(nobody).find("acme"), says);
      refused(() -> RedisSubscriptions.on(nobody).all().count(), says);
    }
  }

  @Test
  void wrongPassword_isSaid() {
    ServerCommand.run(
        redis, Protocol.Command.ACL, "SETUSER", "ann", "on", ">secret", "~*", "&*", "+@all");
    try (RedisClient wrong = RedisClient.create("localhost", TestRedis.port(), "ann", "oops")) {
      refused(
          () -> RedisCustomers.on(wrong).find(KEY.hash()),
          "the server refuses this user; give the client a user and password that may use names and"
              + " channels that begin with \"monetize:\" (WRONGPASS");
    }
  }

  @Test
  void userThatMayNotTell_isSaid() {
    ServerCommand.run(
        redis,
        Protocol.Command.ACL,
        "SETUSER",
        "bob",
        "on",
        ">secret",
        "~*",
        "resetchannels",
        "+@all");
    try (RedisClient bob = RedisClient.create("localhost", TestRedis.port(), "bob", "secret")) {
      refused(
          () -> RedisSubscriptions.on(bob).put(Subscription.to("pro", "acme")),
          "the server refuses this user");
    }
    assertThat(RedisSubscriptions.on(redis).find("acme")).isEmpty();
  }

  @Test
  void nameThatIsTaken_isSaid() {
    redis.lpush("monetize:key:" + KEY.hash().hex(), "something else");

    refused(
        () -> store.find(KEY.hash()),
        "something else uses a name of ours; give another prefix than \"monetize:\" (WRONGTYPE");
    refused(() -> store.put(KEY), "something else uses a name of ours");
  }

  @Test
  void fullServer_isSaidAndStillAsked() {
    store.put(KEY);
    ServerCommand.run(redis, Protocol.Command.CONFIG, "SET", "maxmemory", "1");

    refused(
        () -> store.put(new Customer("acme", "")),
        "the server is full; raise its maxmemory, and keep maxmemory-policy noeviction (OOM");
    refused(() -> store.put(KEY.revokedAt(CREATED)), "the server is full");
    assertThat(store.find(KEY.hash())).isPresent();
  }

  @Test
  void replica_isSaidAndStillAsked() {
    store.put(KEY);
    ServerCommand.run(redis, Protocol.Command.REPLICAOF, "localhost", "1");
    try {
      String says = "the server is a replica; have the client find the master, by Sentinel or the";
      refused(() -> store.put(KEY), says);
      refused(() -> store.put(new Customer("acme", "")), says);
      assertThat(store.find(KEY.hash())).isPresent();
    } finally {
      ServerCommand.run(redis, Protocol.Command.REPLICAOF, "NO", "ONE");
    }
  }

  @Test
  void whatCannotBeRead_isNamed() {
    String name = "monetize:key:" + KEY.hash().hex();
    redis.set(name, "1 key_1 {\"id\":\"key_1\"}");

    assertThatThrownBy(() -> store.find(KEY.hash()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            name + " in Redis can't be read: field \"customer\" is missing. Nothing was changed");
    redis.set(name, "hello");
    assertThatThrownBy(() -> store.find(KEY.hash()))
        .hasMessage(
            name + " in Redis can't be read: a key's record has three words. Nothing was changed");
    redis.set("monetize:key-id:key_1", "hello");
    assertThatThrownBy(() -> store.key("key_1"))
        .hasMessage(
            "monetize:key-id:key_1 in Redis can't be read: a key's place has three words at least."
                + " Nothing was changed");
  }
}
