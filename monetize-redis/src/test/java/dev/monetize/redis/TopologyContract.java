// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.limit.Charge;
import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Decision;
import dev.monetize.limit.Decision.Allowed;
import dev.monetize.limit.Decision.Refused;
import dev.monetize.limit.Limit;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.RateLimiter;
import dev.monetize.limit.Scope;
import dev.monetize.limit.Standing;
import dev.monetize.limit.Subject;
import dev.monetize.limit.Window;
import dev.monetize.limit.WindowLimit;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.util.JedisClusterCRC16;

/** What limits do however many servers there are, by the servers' own clocks. */
abstract class TopologyContract {

  private static final int CUSTOMERS = 99;
  private static final int DECISIONS = 50;
  private static final long DECADES = 1_000_000_000; // seconds: no window ends in a test
  private static final Duration DAY = Duration.ofDays(1);

  /** What each of the eight limits turns out to be used of. */
  private static final long[] USED = {1, 1, 1, 1, 3, 1, 1, 1};

  /** Sends nothing: what is sent, rides. */
  static final Background NOBODY =
      new Background() {
        @Override
        public void soon() {}

        @Override
        public void close() {}
      };

  abstract UnifiedJedis client(JedisClientConfig config);

  /** All servers, as they are now. */
  abstract List<TestNode> nodes();

  /** Has replicas take over. */
  abstract void failOver();

  /** How many slots to go on by. */
  abstract int slotStep();

  private UnifiedJedis client() {
    return client(DefaultJedisClientConfig.builder().build());
  }

  private static RateLimiter limiter(UnifiedJedis redis, String prefix) {
    return RedisRateLimiter.on(redis).prefix(prefix).build();
  }

  private static RateLimit rate(String id, long permits) {
    return RateLimit.of(id, permits, DAY);
  }

  private static WindowLimit quota(String id, long units, Scope scope) {
    return new WindowLimit(id, units, units, TopologyContract::decades, scope, false);
  }

  private static Window decades(long now) {
    long start = Math.floorDiv(now, DECADES * 1_000_000_000) * DECADES;
    return new Window(start, start + DECADES);
  }

  private static Charge charge(Limit... limits) {
    return Charge.of(LimitSet.of(List.of(limits)), limit -> 1);
  }

  private static Decision decide(RateLimiter limiter, String customer, String key, Charge charge) {
    return limiter.acquire(
        new Subject(customer, key), charge, System.currentTimeMillis() * 1_000_000);
  }

  private static Standing allowed(Decision decision) {
    assertThat(decision).isInstanceOf(Allowed.class);
    return ((Allowed) decision).standing();
  }

  private static String violated(Decision decision) {
    assertThat(decision).isInstanceOf(Refused.class);
    return ((Refused) decision).violated().id();
  }

  /** One for each slot, with names that would like to choose another. */
  private static String[] customersOfAllSlots() {
    List<String> forms = List.of("c%d", "c}%d", "{c%d}x", "{}%d", "%%7d%d");
    String[] customers = new String[TestCluster.SLOTS];
    LimitKeys keys = new LimitKeys("slots:");
    int found = 0;
    for (int i = 0; found < customers.length; i++) {
      String name = forms.get(i % forms.size()).formatted(i);
      int slot = JedisClusterCRC16.getSlot(keys.of(new Subject(name, "k"), false).get(0));
      found += customers[slot] == null ? 1 : 0;
      customers[slot] = name;
    }
    return customers;
  }

  @Test
  void customersOfAllSlots_areHeldToTheirLimits() {
    Charge charge = charge(rate("all", 2), rate("each", 1).perKey());
    try (UnifiedJedis redis = client();
        RateLimiter limiter = limiter(redis, "slots:")) {
      String[] customers = customersOfAllSlots();
      for (int slot = 0; slot < customers.length; slot += slotStep()) {
        String customer = customers[slot];
        allowed(decide(limiter, customer, "a", charge));
        assertThat(violated(decide(limiter, customer, "a", charge))).isEqualTo("each");
        allowed(decide(limiter, customer, "b", charge));
        assertThat(violated(decide(limiter, customer, "c", charge))).isEqualTo("all");
      }
    }
  }

  @Test
  void use_outlivesFlushOfScripts() {
    useOutlives("flush:", () -> nodes().forEach(node -> node.ask(Jedis::scriptFlush)));
  }

  @Test
  void use_outlivesFailover() {
    useOutlives("failover:", this::failOver);
  }

  private void useOutlives(String prefix, Runnable event) {
    Charge charge = charge(rate("rate", 10), quota("quota", 10, Scope.KEY));
    try (UnifiedJedis redis = client();
        RateLimiter limiter = limiter(redis, prefix)) {
      for (int i = 0; i < CUSTOMERS; i++) {
        for (int calls = 0; calls < i % 10; calls++) {
          allowed(decide(limiter, "c" + i, "k", charge));
        }
      }

      event.run();
      awaitWritable(redis);

      for (int i = 0; i < CUSTOMERS; i++) {
        Standing standing = allowed(decide(limiter, "c" + i, "k", charge));
        assertThat(standing.remaining(0)).as("rate of c%s", i).isEqualTo(9 - i % 10);
        assertThat(standing.remaining(1)).as("quota of c%s", i).isEqualTo(9 - i % 10);
      }
    }
  }

  /**
   * Waits until the client asks the primaries of now, which it learns of in its own time: until
   * then a server that has become a replica refuses, and what is decided is decided here.
   */
  private static void awaitWritable(UnifiedJedis redis) {
    for (int i = 0; i < CUSTOMERS; i++) {
      String name = "ready:{c" + i + "}";
      TestNodes.await(
          "the client asks who may write " + name, () -> redis.set(name, "1").equals("OK"));
    }
  }

  @Test
  void decisionOnEightLimits_isOneRoundTrip() {
    Charge charge =
        charge(
            rate("r1", 1_000),
            rate("r2", DECISIONS),
            rate("r3", 1_000).perKey(),
            rate("r4", 1_000).perKey(),
            quota("q1", 1_000, Scope.CUSTOMER),
            quota("q2", 1_000, Scope.KEY),
            new ConcurrencyLimit("c1", 1_000, Scope.CUSTOMER, false),
            new ConcurrencyLimit("c2", 1_000, Scope.KEY, false));
    try (TestWire wire = new TestWire(nodes());
        UnifiedJedis redis =
            client(DefaultJedisClientConfig.builder().hostAndPortMapper(wire).build());
        RateLimiter limiter =
            RedisRateLimiter.on(redis)
                .prefix("trips:")
                .background((soon, nowAndThen) -> NOBODY)
                .build()) {
      nodes().forEach(node -> node.ask(Jedis::scriptFlush));
      redis.get(new LimitKeys("trips:").of(new Subject("c", "k"), false).get(0)); // connected

      assertThat(trips(wire, () -> allowed(decide(limiter, "c", "k", charge)))).isEqualTo(2);
      for (int i = 1; i < DECISIONS; i++) {
        AtomicReference<Standing> standing = new AtomicReference<>();
        assertThat(
                trips(
                    wire,
                    () -> {
                      Allowed call = (Allowed) decide(limiter, "c", "k", charge);
                      limiter.settle(call, USED, System.currentTimeMillis() * 1_000_000);
                      standing.set(call);
                    }))
            .as("with what the call before turned out to have used")
            .isEqualTo(1);
        assertThat(standing.get().remaining(4)).isEqualTo(1_000 - 2 - 3 * (i - 1));
        assertThat(standing.get().remaining(6)).as("none before is under way").isEqualTo(998);
      }
      assertThat(trips(wire, () -> violated(decide(limiter, "c", "k", charge)))).isEqualTo(1);
    }
  }

  private static long trips(TestWire wire, Runnable work) {
    long before = wire.turns();
    work.run();
    return wire.turns() - before;
  }
}
