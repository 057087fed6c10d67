// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.limit.Charge;
import dev.monetize.limit.Decision;
import dev.monetize.limit.Decision.Allowed;
import dev.monetize.limit.Decision.Refused;
import dev.monetize.limit.Limit;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Scope;
import dev.monetize.limit.Subject;
import dev.monetize.limit.Window;
import dev.monetize.limit.WindowLimit;
import dev.monetize.testkit.FreePorts;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;
import redis.embedded.RedisServer;

/** A Redis that goes wrong, in each way, on a real server: calls are decided all the same. */
@Timeout(60)
class RedisOutageTest {

  private static final long SECOND = 1_000_000_000L;
  private static final int TIMEOUT_MILLIS = 100;

  private final Subject ann = new Subject("ann", "k1");
  private final Subject bob = new Subject("bob", "k2");
  private final RateLimit rate = RateLimit.of("rate", 1000, Duration.ofDays(100));
  private final WindowLimit quota =
      new WindowLimit(
          "quota", 100, 100, now -> new Window(0, 4_000_000_000L), Scope.CUSTOMER, false);
  private final Charge charge = charge(rate, quota);

  private final AtomicLong nanos = new AtomicLong();
  private final int port = FreePorts.next();
  private RedisServer server = server();
  private Jedis admin;
  private RedisClient redis;
  private RedisRateLimiter limiter;

  private static Charge charge(Limit... limits) {
    return Charge.of(LimitSet.of(List.of(limits)), limit -> 1);
  }

  private RedisServer server() {
    RedisServer made = RedisServer.builder().port(port).setting("save \"\"").build();
    made.start();
    return made;
  }

  @BeforeEach
  void open() {
    admin = new Jedis("localhost", port);
    redis =
        RedisClient.builder()
            .hostAndPort(new HostAndPort("localhost", port))
            .clientConfig(DefaultJedisClientConfig.builder().timeoutMillis(TIMEOUT_MILLIS).build())
            .build();
    try (RedisClient patient = RedisClient.create("localhost", port)) {
      TestRedis.loadLimits(patient);
    }
    limiter = limiter(builder -> builder);
    remaining(98, 2);
  }

  private RedisRateLimiter limiter(UnaryOperator<RedisRateLimiterBuilder> settings) {
    return settings.apply(RedisRateLimiter.on(redis).ticker(nanos::get)).build();
  }

  @AfterEach
  void close() {
    limiter.close();
    redis.close();
    admin.close();
    server.stop();
  }

  private Decision call(Subject subject) {
    return limiter.acquire(subject, charge, System.currentTimeMillis() * 1_000_000);
  }

  /** Makes calls, which end at once. */
  private void calls(Subject subject, int count) {
    for (int i = 0; i < count; i++) {
      Decision decision = call(subject);
      assertThat(decision).isInstanceOf(Allowed.class);
      limiter.settle((Allowed) decision, new long[] {1, 1}, System.currentTimeMillis() * 1_000_000);
    }
  }

  private void remaining(long left, int calls) {
    calls(ann, calls);
    assertThat(left(ann)).isEqualTo(left);
  }

  private long left(Subject subject) {
    return limiter
        .peek(subject, charge.limits(), System.currentTimeMillis() * 1_000_000)
        .remaining(1);
  }

  /** A second later, when Redis is asked again. */
  private void later() {
    nanos.addAndGet(SECOND + 1);
  }

  /** Until what is sent in the background has arrived. */
  private void await(Subject subject, long left) {
    while (left(subject) != left) {
      later();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  /** Until the rate is charged with what was admitted without Redis. */
  private void awaitRepaid(Subject subject) {
    while (limiter
            .peek(subject, charge.limits(), System.currentTimeMillis() * 1_000_000)
            .remaining(0)
        == rate.burst()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  @Test
  void killedRedis_isDoneWithout_andToldWhenItIsBack() {
    server.stop();
    calls(ann, 20);

    server = server();
    later();

    await(ann, 80); // those before are lost with the server, which keeps nothing
  }

  /** It says nothing for longer than that: only the first calls wait, each for the timeout. */
  @Test
  void silentRedis_slowsTheFirstCallsOnly() {
    admin.clientPause(5_000);
    long start = System.nanoTime();
    calls(ann, 80);

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void quotaIsHeldMeanwhile_fromWhatTheLedgerKnows() {
    limiter.close();
    limiter = limiter(builder -> builder.restoredFrom((subject, limit, window) -> 97));
    server.stop();
    calls(ann, 3);

    assertThat(call(ann)).isInstanceOf(Refused.class);
  }

  /** What was used in between counts, though this instance has seen the customer before. */
  @Test
  void secondOutage_beginsWithWhatTheLedgerKnowsThen() {
    AtomicLong known = new AtomicLong(10);
    limiter.close();
    limiter = limiter(builder -> builder.restoredFrom((subject, limit, window) -> known.get()));
    server.stop();
    calls(ann, 5);
    known.set(97);
    server = server();
    await(ann, 3);
    awaitRepaid(ann);

    server.stop();
    calls(ann, 3);

    assertThat(call(ann)).isInstanceOf(Refused.class);
  }

  @Test
  void share_isHeldMeanwhile() {
    limiter.close();
    limiter = limiter(builder -> builder.whenDown(limit -> new WhenDown.Local(0.25)));
    server.stop();
    assertThat(left(ann)).isEqualTo(25);
    calls(ann, 25);

    assertThat(call(ann)).isInstanceOf(Refused.class);
  }

  @Test
  void closedLimit_refusesMeanwhile_andAnOpenOneNothing() {
    limiter.close();
    limiter = limiter(builder -> builder.whenDown(limit -> new WhenDown.Closed()));
    server.stop();
    Refused refused = (Refused) call(ann);
    assertThat(refused.retryAfterNanos()).isEqualTo(SECOND);

    limiter.close();
    limiter = limiter(builder -> builder.whenDown(limit -> new WhenDown.Open()));
    calls(ann, 300);
  }

  @Test
  void redisWithoutMemory_isDoneWithout() {
    admin.configSet("maxmemory", "1");
    calls(ann, 20);

    admin.configSet("maxmemory", "0");
    await(ann, 78);
  }

  @Test
  void replica_isDoneWithout() {
    admin.replicaof("localhost", 1);
    calls(ann, 20);

    admin.replicaofNoOne();
    await(ann, 78);
  }

  /** It takes no writes, of nobody: after five calls none asks. */
  @Test
  void redisThatMissesItsReplicas_isDoneWithout() {
    admin.configSet("min-replicas-to-write", "1");
    long before = TestLimits.scripts(redis);
    calls(ann, 20);
    assertThat(TestLimits.scripts(redis) - before).isEqualTo(5);

    admin.configSet("min-replicas-to-write", "0");
    await(ann, 78);
  }

  @Test
  void redisThatWantsAPassword_isDoneWithout() {
    admin.configSet("requirepass", "secret");
    admin.clientKill(
        new ClientKillParams().type(ClientType.NORMAL).skipMe(ClientKillParams.SkipMe.YES));
    calls(ann, 20);

    assertThat(left(ann)).isEqualTo(80);
  }

  @Test
  void keyThatHoldsSomethingElse_isItsSubjectsTroubleAlone() {
    String key = "monetize:{bob}";
    admin.rpush(key, "something");
    calls(bob, 20);

    remaining(78, 20);
    admin.del(key);
    await(bob, 80);
  }

  @Test
  void flushedScript_isSentAgain() {
    admin.scriptFlush();

    remaining(88, 10);
  }
}
