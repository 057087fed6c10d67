// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static dev.monetize.redis.TestLimits.charge;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.limit.Charge;
import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Decision;
import dev.monetize.limit.Decision.Allowed;
import dev.monetize.limit.Decision.Refused;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Scope;
import dev.monetize.limit.Subject;
import dev.monetize.limit.Window;
import dev.monetize.limit.WindowLimit;
import dev.monetize.testkit.Direction;
import dev.monetize.testkit.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;

/**
 * A network to Redis that fails, in each way: no call throws, few are slow, and none is charged
 * twice.
 */
@Timeout(60)
class RedisFaultsTest {

  private static final int TIMEOUT_MILLIS = 200;
  private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long CONNECTED = 500;
  private static final long PLENTY = 500_000_000;

  private final Subject ann = new Subject("ann", "k");
  private final WindowLimit quota =
      new WindowLimit(
          "quota", PLENTY, PLENTY, now -> new Window(0, 4_000_000_000L), Scope.CUSTOMER, false);
  private final RateLimit rate = RateLimit.of("rate", PLENTY, Duration.ofDays(1));
  private final ConcurrencyLimit calls = new ConcurrencyLimit("calls", 100, Scope.CUSTOMER, false);
  private final Charge charge = charge(1, quota, rate, calls);

  private final RedisClient direct = TestRedis.empty();
  private final RedisRateLimiter truth = RedisRateLimiter.on(direct).build();
  private final FaultProxy proxy = FaultProxy.to("localhost", TestRedis.port());
  private final RedisClient redis = client(TIMEOUT_MILLIS, 8);

  /** One that waits for an answer longer than a busy machine takes, on one connection. */
  private final RedisClient patient = client(10_000, 1);

  private final List<RedisRateLimiter> limiters = new ArrayList<>();

  /** With one idle connection at most, so that not more than one call finds an idle one broken. */
  private RedisClient client(int timeoutMillis, int connections) {
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(connections);
    pool.setMaxIdle(1);
    return RedisClient.builder()
        .hostAndPort(new HostAndPort("localhost", proxy.port()))
        .clientConfig(DefaultJedisClientConfig.builder().timeoutMillis(timeoutMillis).build())
        .poolConfig(pool)
        .build();
  }

  private RedisRateLimiter limiter(WhenDown rule) {
    return limiter(redis, rule);
  }

  private RedisRateLimiter limiter(RedisClient client, WhenDown rule) {
    RedisRateLimiter made = RedisRateLimiter.on(client).whenDown(limit -> rule).build();
    limiters.add(made);
    for (int i = 0; i < CONNECTED; i++) { // and compiled
      end(made, made.acquire(ann, charge, now()));
    }
    await(() -> used() == CONNECTED && underWay() == 0);
    client.ping(); // where there is one connection, all answers have come
    return made;
  }

  @AfterEach
  void close() {
    proxy.heal();
    limiters.forEach(RedisRateLimiter::close);
    truth.close();
    redis.close();
    patient.close();
    proxy.close();
    direct.close();
  }

  private static long now() {
    return System.currentTimeMillis() * 1_000_000;
  }

  private static void end(RedisRateLimiter limiter, Decision decision) {
    if (decision instanceof Allowed allowed) {
      limiter.settle(allowed, new long[] {1, 1, 1}, now());
    }
  }

  private void await(BooleanSupplier done) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!done.getAsBoolean()) {
      assertThat(System.nanoTime() - end)
          .as("used %s, under way %s", used(), underWay())
          .isNegative();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  private long used() {
    return PLENTY - truth.peek(ann, charge.limits(), now()).remaining(0);
  }

  private long underWay() {
    return calls.max() - truth.peek(ann, charge.limits(), now()).remaining(2);
  }

  private static boolean allows(WhenDown rule) {
    return !(rule instanceof WhenDown.Closed);
  }

  static List<WhenDown> rules() {
    return List.of(new WhenDown.Open(), new WhenDown.Closed(), new WhenDown.Local(0.5));
  }

  /** Each call's time. */
  private long[] nanos(RedisRateLimiter limiter, int count, boolean allowed) {
    long[] nanos = new long[count];
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      Decision decision = limiter.acquire(ann, charge, now());
      nanos[i] = System.nanoTime() - start;
      assertThat(decision).isInstanceOf(allowed ? Allowed.class : Refused.class);
      end(limiter, decision);
    }
    return nanos;
  }

  private long[] nanos(RedisRateLimiter limiter, Charge alike, int count) {
    long[] nanos = new long[count];
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      assertThat(limiter.acquire(ann, alike, now())).isInstanceOf(Allowed.class);
      nanos[i] = System.nanoTime() - start;
    }
    return nanos;
  }

  private static long slow(long[] nanos) {
    return Arrays.stream(nanos).filter(one -> one > SLOW_NANOS).count();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void partition_slowsFiveCalls_andNoneAfterThat(WhenDown rule) {
    RedisRateLimiter limiter = limiter(rule);
    proxy.partition();
    long[] first = nanos(limiter, 5, allows(rule));
    assertThat(Arrays.stream(first).sorted().toArray()[2])
        .as("a timeout, once, but for the machine's own pauses")
        .isLessThan(TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS * 7L / 4));

    long[] all = new long[4_000_000];
    int count = 0;
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2_500);
    while (System.nanoTime() < end && count < all.length) { // Redis is asked twice, by nobody
      for (long one : nanos(limiter, 1_000, allows(rule))) {
        all[count++] = one;
      }
    }
    all = Arrays.copyOf(all, count);
    Arrays.sort(all);
    long median = all[all.length / 2];
    System.out.printf(
        "RedisFaultsTest: %s: five calls of at most %d ms, then %,d of %d ns (median), %d ns (p99),"
            + " %d over 10 ms%n",
        rule,
        TimeUnit.NANOSECONDS.toMillis(Arrays.stream(first).max().getAsLong()),
        all.length,
        median,
        all[all.length * 99 / 100],
        slow(all));
    assertThat(median).as("added to each call").isLessThan(5_000);
    assertThat(Arrays.stream(all).filter(n -> n >= TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS)))
        .as("nobody is the one who finds out, each second, that Redis is still away")
        .hasSizeLessThan(2);
    assertThat(slow(all))
        .as("but for the machine's own pauses")
        .isLessThanOrEqualTo(all.length / 10_000 + 2);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void healedPartition_isWithinTheCallsUnderWayOfTheTruth(WhenDown rule) {
    RedisRateLimiter limiter = limiter(rule);
    proxy.partition();
    nanos(limiter, 500, allows(rule));
    proxy.heal();

    long admitted = CONNECTED + (allows(rule) ? 500 : 0);
    await(
        () ->
            limiter.acquire(ann, charge(1, rate), now()) instanceof Allowed
                && used() >= admitted - 5);
    await(() -> underWay() == 0);
    assertThat(used()).as("five asked, and nobody knows").isBetween(admitted - 5, admitted);
  }

  /**
   * Those that ask when it begins wait for a timeout; the pool is no queue in which others wait
   * longer.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void partitionUnderLoad_slowsNobodyTwice(boolean together) throws Exception {
    RedisRateLimiter limiter = limiter(new WhenDown.Local(1));
    Charge alike = charge(1, RateLimit.of("alike", 1_000_000, Duration.ofDays(1)));
    int threads = 32;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      proxy.partition();
      List<Future<long[]>> all = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        all.add(
            pool.submit(() -> together ? nanos(limiter, alike, 200) : nanos(limiter, 200, true)));
      }
      long waited = 0;
      for (Future<long[]> one : all) {
        waited +=
            Arrays.stream(one.get())
                .filter(n -> n > TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS * 3L / 4))
                .count();
      }
      assertThat(waited).as("each once, at most").isLessThanOrEqualTo(threads + 5);
    } finally {
      pool.shutdownNow();
    }
  }

  @ParameterizedTest
  @MethodSource("rules")
  void lostAnswer_isOfACallThatIsCountedOnce(WhenDown rule) {
    RedisRateLimiter limiter = limiter(patient, rule);
    proxy.cutAfter(Direction.TO_CLIENT, 0);
    Decision decision = limiter.acquire(ann, charge, now());
    assertThat(decision).isInstanceOf(allows(rule) ? Allowed.class : Refused.class);
    end(limiter, decision);
    nanos(limiter, 10, true);

    await(() -> underWay() == 0 && used() >= CONNECTED + 11);
    assertThat(used()).isEqualTo(CONNECTED + 11);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void answerCutInTheMiddle_isOfACallThatIsCountedOnce(WhenDown rule) {
    RedisRateLimiter limiter = limiter(patient, rule);
    proxy.cutAfter(Direction.TO_CLIENT, 20);
    end(limiter, limiter.acquire(ann, charge, now()));
    nanos(limiter, 10, true);

    await(() -> underWay() == 0 && used() >= CONNECTED + 11);
    assertThat(used()).isEqualTo(CONNECTED + 11);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void refusedConnections_areAskedNothing_andNothingIsLost(WhenDown rule) {
    RedisRateLimiter limiter = limiter(rule);
    proxy.refuse();
    proxy.reset();
    long[] nanos = nanos(limiter, 100, allows(rule));
    assertThat(slow(nanos)).isLessThanOrEqualTo(5);
    proxy.heal();

    long admitted = CONNECTED + (allows(rule) ? 100 : 0);
    await(
        () ->
            limiter.acquire(ann, charge(1, rate), now()) instanceof Allowed
                && underWay() == 0
                && used() >= admitted - 1);
    assertThat(used()).as("one at most was on its way").isBetween(admitted - 1, admitted);
  }

  @Test
  void slowAndSlicedNetwork_decidesAllTheSame() {
    RedisRateLimiter limiter = limiter(new WhenDown.Closed());
    proxy.slice();
    nanos(limiter, 20, true);
    proxy.heal();
    proxy.delay(Direction.TO_CLIENT, Duration.ofMillis(5));
    nanos(limiter, 20, true);
    proxy.heal();

    await(() -> underWay() == 0);
    assertThat(used()).isEqualTo(CONNECTED + 40);
  }

  /** Slower than the client waits: as if it were gone. */
  @ParameterizedTest
  @MethodSource("rules")
  void networkSlowerThanTheTimeout_isDoneWithout(WhenDown rule) {
    RedisRateLimiter limiter = limiter(rule);
    proxy.delay(Direction.TO_CLIENT, Duration.ofMillis(2L * TIMEOUT_MILLIS));
    long[] nanos = nanos(limiter, 200, allows(rule));
    assertThat(slow(nanos)).isBetween(1L, 6L);
    proxy.heal();

    long least = CONNECTED + (allows(rule) ? 200 : 1);
    await(
        () ->
            limiter.acquire(ann, charge(1, rate), now()) instanceof Allowed
                && underWay() == 0
                && used() >= least);
    assertThat(used())
        .as("those that were asked and refused are counted")
        .isBetween(least, allows(rule) ? least : CONNECTED + 5);
  }
}
