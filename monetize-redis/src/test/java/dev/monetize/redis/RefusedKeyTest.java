// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static dev.monetize.redis.TestLimits.NOW;
import static dev.monetize.redis.TestLimits.SECOND;
import static dev.monetize.redis.TestLimits.charge;
import static dev.monetize.redis.TestLimits.hourly;
import static dev.monetize.redis.TestLimits.scripts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.limit.Charge;
import dev.monetize.limit.Decision;
import dev.monetize.limit.Decision.Allowed;
import dev.monetize.limit.Decision.Refused;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Subject;
import dev.monetize.testkit.FaultProxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/**
 * A customer whose key holds something else: its own trouble, told once, and asked about seldom.
 */
class RefusedKeyTest {

  private static final String KEY = "monetize:{bob}";

  private final Subject ann = new Subject("ann", "k1");
  private final Subject bob = new Subject("bob", "k2");
  private final Charge charge =
      charge(1, hourly(100), RateLimit.of("rate", 50, Duration.ofDays(1)));

  private final RedisClient redis = TestRedis.empty();
  private final FaultProxy proxy = FaultProxy.to("localhost", TestRedis.port());
  private final RedisClient distant = RedisClient.create("localhost", proxy.port());
  private final AtomicLong ledger = new AtomicLong();
  private final AtomicLong nanos = new AtomicLong();
  private final LogLines log = new LogLines();
  private Runnable flush = () -> {};
  private Runnable nowAndThen = () -> {};
  private boolean due;
  private final RedisRateLimiter limiter =
      RedisRateLimiter.on(distant)
          .callersTime()
          .ticker(nanos::get)
          .restoredFrom((subject, limit, window) -> ledger.get())
          .background(this::background)
          .build();

  private Background background(Runnable soon, Runnable sometimes) {
    flush = soon;
    nowAndThen = sometimes;
    return new Background() {
      @Override
      public void soon() {
        due = true;
      }

      @Override
      public void close() {}
    };
  }

  @BeforeEach
  void spoil() {
    redis.rpush(KEY, "something");
  }

  @AfterEach
  void close() {
    log.close();
    proxy.heal();
    limiter.close();
    distant.close();
    proxy.close();
    redis.close();
  }

  private Decision call(Subject subject) {
    return limiter.acquire(subject, charge, NOW + nanos.get());
  }

  private void calls(Subject subject, int count) {
    for (int i = 0; i < count; i++) {
      Allowed call = (Allowed) call(subject);
      limiter.settle(call, new long[] {1, 1}, NOW + nanos.get());
    }
  }

  private void cut() {
    proxy.refuse();
    proxy.reset();
  }

  private void heal() {
    proxy.heal();
    pass(2);
  }

  /** Seconds, with what is due in them. */
  private void pass(int seconds) {
    for (int i = 0; i < 20 * seconds; i++) {
      nanos.addAndGet(SECOND / 20);
      if (due) {
        due = false;
        flush.run();
      }
      if (nanos.get() % (10 * SECOND) == 0) {
        nowAndThen.run();
      }
    }
  }

  @Test
  void othersLocalCounts_areForgottenOnceTheyAreRepaid() {
    ledger.set(10);
    calls(bob, 1);
    cut();
    calls(ann, 5);
    heal();
    assertThat(call(ann).standing().remaining(1)).as("repaid, and one more").isEqualTo(44);

    ledger.set(97);
    cut();
    calls(ann, 3);

    assertThat(call(ann)).isInstanceOf(Refused.class);
  }

  @Test
  void ownLocalCounts_hold() {
    calls(bob, 50);
    pass(3);
    assertThat(call(bob)).isInstanceOf(Refused.class);
  }

  @Test
  void isAskedAboutSeldom() {
    calls(bob, 5);
    pass(10);
    long before = scripts(redis);

    pass(3_601);

    assertThat(scripts(redis) - before).isBetween(3L, 2L * 11);
    assertThat(due).as("nothing is waited for").isFalse();
  }

  @Test
  void isRepaidOnce_whenTheKeyIsPutRight() {
    calls(bob, 5);
    pass(60);
    redis.del(KEY);

    assertThat(call(bob).standing().used(0)).isEqualTo(6);
    pass(1);

    Decision next = call(bob);
    assertThat(next.standing().used(0)).isEqualTo(7);
    assertThat(next.standing().remaining(1)).isEqualTo(50 - 7);
  }

  @Test
  void isRepaid_thoughNobodyCallsAnyMore() {
    calls(bob, 5);
    pass(60);
    redis.del(KEY);

    pass(600);

    assertThat(limiter.peek(bob, charge.limits(), NOW + nanos.get()).remaining(1)).isEqualTo(45);
    assertThat(due).isFalse();
  }

  /** What came back while the key was wrong is not charged. */
  @Test
  void isRepaid_whatHasNotComeBack() {
    calls(bob, 5);
    pass(2 * 24 * 3_600 / 50);
    redis.del(KEY);

    call(bob);
    pass(1);

    assertThat(limiter.peek(bob, charge.limits(), NOW + nanos.get()).remaining(1)).isEqualTo(46);
  }

  @Test
  void answerOfAWrongKey_tellsThatRedisIsBack() {
    cut();
    calls(bob, 6);
    heal();

    long before = scripts(redis);
    calls(ann, 1);
    assertThat(scripts(redis) - before).isEqualTo(1);
  }

  @Test
  void isLoggedOnce_withTheName() {
    for (int i = 0; i < 30; i++) {
      calls(bob, 1);
      calls(ann, 1);
      pass(10);
    }

    assertThat(log.warnings())
        .singleElement()
        .asString()
        .startsWith(
            "Redis does not decide on the limits of customer \"bob\", whose keys begin with"
                + " \"monetize:{bob}\": something else uses a name of ours; give another prefix than"
                + " \"monetize:\" (WRONGTYPE")
        .endsWith(
            "Until they are put right or deleted, each instance holds this customer to its own"
                + " share, as whenDown says; there is one such line a minute, of whomever");
  }

  @Test
  void blips_areLoggedEach_butNotOftenerThanOnceAMinute() {
    for (int i = 0; i < 4; i++) {
      cut();
      calls(ann, 3);
      heal();
      calls(ann, 1);
      pass(i % 2 == 0 ? 20 : 3_600);
    }

    assertThat(log.warnings()).hasSize(2).allMatch(line -> line.contains("did not decide"));
  }

  /** Five failures make an outage; fewer are repaid as well. */
  @Test
  void blip_isRepaid_thoughNobodyCallsAnyMore() {
    cut();
    call(ann);
    proxy.heal();

    pass(1);

    try (RedisRateLimiter other = RedisRateLimiter.on(redis).callersTime().build()) {
      assertThat(other.peek(ann, charge.limits(), NOW + nanos.get()).remaining(1)).isEqualTo(49);
    }
  }

  @Test
  void redisThatComesAndGoes_isNoFlood() {
    for (int i = 0; i < 60; i++) {
      cut();
      calls(ann, 1);
      pass(4);
      heal();
      pass(4);
    }

    assertThat(log.warnings()).as("ten minutes").hasSizeBetween(10, 3 * 10);
  }
}
