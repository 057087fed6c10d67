// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.Admission;
import dev.monetize.ApiCall;
import dev.monetize.Denied;
import dev.monetize.Granted;
import dev.monetize.Monetizer;
import dev.monetize.MonetizerBuilder;
import dev.monetize.NewKey;
import dev.monetize.Outcome;
import dev.monetize.Reason;
import dev.monetize.identity.MonetizeKeys;
import dev.monetize.identity.Pepper;
import dev.monetize.tier.TierCatalog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;

/** Two instances of a service, each with a disk of its own, and one Redis. */
class TwoInstancesTest {

  private static final long SECOND = 1_000_000_000L;

  private static final String TIERS =
      """
      tiers:
        free: {price: 0, rate_limit: 1000/s, endpoints: [/v1/basic/*]}
        pro: {price: 49/month, rate_limit: 1000/s, endpoints: [/v1/*]}
      """;

  @TempDir private Path data;
  private final RedisClient redis = TestRedis.empty();
  private Monetizer one;
  private Monetizer other;

  @BeforeEach
  void open() {
    one = instance("one");
    other = instance("other");
    // Both hear already: whatever they are told from here on is of a change.
    awaitListeners();
  }

  @AfterEach
  void close() {
    one.close();
    other.close();
    redis.close();
  }

  private MonetizerBuilder builder(String name) {
    return Monetizer.builder()
        .tiers(TierCatalog.parse("tiers.yml", TIERS))
        .dataDirectory(data.resolve(name))
        .keyFormat(MonetizeKeys.under(Pepper.of("test", new byte[32])))
        .callerCache(Duration.ofDays(1));
  }

  private Monetizer instance(String name) {
    return builder(name)
        .customers(RedisCustomers.on(redis))
        .subscriptions(RedisSubscriptions.on(redis))
        .build();
  }

  private void awaitListeners() {
    long deadline = System.nanoTime() + 10 * SECOND;
    while (listeners("keys") < 2 || listeners("subscriptions") < 2) {
      assertThat(System.nanoTime()).isLessThan(deadline);
    }
  }

  private long listeners(String kind) {
    Object answer =
        ServerCommand.run(redis, Protocol.Command.PUBSUB, "NUMSUB", "monetize:changed:" + kind);
    return (long) ((List<?>) answer).get(1);
  }

  private static Admission get(Monetizer instance, String path, String key) {
    Admission admission = instance.admit(ApiCall.of("GET", path, key));
    if (admission instanceof Granted call) {
      call.settle(Outcome.answered(200));
    }
    return admission;
  }

  private static boolean serves(Monetizer instance, String key) {
    return get(instance, "/v1/basic/x", key) instanceof Granted;
  }

  private static Predicate<Admission> refusal(Reason reason) {
    return admission -> admission instanceof Denied denied && denied.reason() == reason;
  }

  /** Calls until the answer is as expected, a second at most. */
  private static void within1s(
      Monetizer instance, String path, String key, Predicate<Admission> as) {
    long deadline = System.nanoTime() + SECOND;
    Admission answer = get(instance, path, key);
    while (!as.test(answer) && System.nanoTime() < deadline) {
      answer = get(instance, path, key);
    }
    assertThat(answer).matches(as);
  }

  @Test
  void keyIssuedOnOne_worksOnTheOther() {
    one.accounts().createCustomer("acme", "Acme", "free");
    String key = one.accounts().issueKey("acme", "").takeSecret();

    assertThat(serves(other, key)).isTrue();
    assertThat(other.accounts().customer("acme")).isPresent();
    assertThat(other.accounts().keys("acme")).hasSize(1);
  }

  @Test
  void customerCreatedOnBothAtOnce_isOneOfThem() {
    for (int round = 0; round < 200; round++) {
      String id = "acme-" + round;

      List<String> created =
          Stream.of(one, other)
              .parallel()
              .map(instance -> creates(instance, id, instance == one ? "free" : "pro"))
              .filter(tier -> !tier.isEmpty())
              .toList();

      assertThat(created).hasSize(1);
      assertThat(one.accounts().subscription(id).orElseThrow().tier()).isEqualTo(created.get(0));
      assertThat(one.accounts().customer(id).orElseThrow().name()).isEqualTo(created.get(0));
    }
  }

  /** The tier, if it was this one who created the customer. */
  private static String creates(Monetizer instance, String id, String tier) {
    try {
      instance.accounts().createCustomer(id, tier, tier);
      return tier;
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessage("there is a customer \"" + id + "\" already");
      return "";
    }
  }

  @Test
  void keyThatWasUnknown_worksOnTheOtherOnceIssued() {
    one.accounts().createCustomer("acme", "Acme", "free");
    NewKey first = one.accounts().issueKey("acme", "");
    String key = first.takeSecret();
    String gone = redis.get("monetize:key:" + first.key().hash().hex());
    redis.del("monetize:key:" + first.key().hash().hex());
    within1s(other, "/v1/basic/x", key, refusal(Reason.UNKNOWN_KEY));
    assertThat(gone).isNotNull();

    RedisCustomers.on(redis).put(first.key());

    within1s(other, "/v1/basic/x", key, Granted.class::isInstance);
  }

  @Test
  void keyRevokedOnOne_isRefusedOnTheOtherWithinASecond() {
    one.accounts().createCustomer("acme", "Acme", "free");
    NewKey key = one.accounts().issueKey("acme", "");
    String secret = key.takeSecret();
    assertThat(serves(other, secret)).isTrue();

    one.accounts().revokeKey(key.key().id());

    assertThat(get(one, "/v1/basic/x", secret)).matches(refusal(Reason.KEY_EXPIRED));
    within1s(other, "/v1/basic/x", secret, refusal(Reason.KEY_EXPIRED));
  }

  @Test
  void keyRevokedWhileNobodyListens_isRefusedOnceTheyDo() throws Exception {
    one.accounts().createCustomer("acme", "Acme", "free");
    NewKey key = one.accounts().issueKey("acme", "");
    String secret = key.takeSecret();
    Told told = new Told();
    try (Monetizer third =
        builder("third")
            .customers(new Heard(RedisCustomers.on(redis), told))
            .defaultTier("free")
            .build()) {
      told.next(Told.MISSED);
      assertThat(serves(third, secret)).isTrue();
      // Past the store's scripts, so that nobody is told of it.
      String name = "monetize:key:" + key.key().hash().hex();
      String end = ",\"validUntil\":\"2020-01-01T00:00:00Z\",\"revoked\":true}";
      redis.set(name, redis.get(name).replace("}", end));
      assertThat(serves(third, secret)).isTrue();

      ServerCommand.run(redis, Protocol.Command.CLIENT, "KILL", "TYPE", "pubsub");

      told.next(Told.MISSED);
      assertThat(get(third, "/v1/basic/x", secret)).matches(refusal(Reason.KEY_EXPIRED));
    }
  }

  @Test
  void tierChangedOnOne_holdsOnTheOtherWithinASecond() {
    one.accounts().createCustomer("acme", "Acme", "free");
    String key = one.accounts().issueKey("acme", "").takeSecret();
    assertThat(get(other, "/v1/reports", key)).matches(refusal(Reason.NOT_IN_TIER));

    one.accounts().changeTier("acme", "pro");

    within1s(other, "/v1/reports", key, Granted.class::isInstance);
  }

  @Test
  void secrets_areNotInRedis() {
    one.accounts().createCustomer("acme", "Acme", "free");
    String key = one.accounts().issueKey("acme", "").takeSecret();
    assertThat(serves(one, key)).isTrue();

    Set<String> names = redis.keys("*");
    assertThat(names).hasSize(5 + redis.keys("monetize:done:*").size());
    for (String name : names) {
      String value =
          switch (redis.type(name)) {
            case "string" -> redis.get(name);
            case "set" -> redis.smembers(name).toString();
            default -> redis.hgetAll(name).toString();
          };
      assertThat(name + value).doesNotContain(key.substring(8));
    }
  }

  @Test
  void redisAway_callersKnownAreServedAndOthersToldToTryAgain() throws Exception {
    one.accounts().createCustomer("acme", "Acme", "free");
    String known = one.accounts().issueKey("acme", "").takeSecret();
    String unknown = one.accounts().issueKey("acme", "").takeSecret();
    Told told = new Told();
    try (RedisClient away = RedisClient.create("localhost", TestRedis.port());
        Monetizer third =
            builder("third")
                .customers(new Heard(RedisCustomers.on(away), told))
                .defaultTier("free")
                .callerCache(Duration.ZERO)
                .build()) {
      told.next(Told.MISSED);
      assertThat(serves(third, known)).isTrue();
      away.close();

      assertThat(serves(third, known)).isTrue();
      assertThat(get(third, "/v1/basic/x", unknown)).matches(refusal(Reason.IDENTITY_UNAVAILABLE));
    }
  }
}
