// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static dev.monetize.redis.TestLimits.HOUR;
import static dev.monetize.redis.TestLimits.NOW;
import static dev.monetize.redis.TestLimits.SECOND;
import static dev.monetize.redis.TestLimits.charge;
import static dev.monetize.redis.TestLimits.hourly;
import static dev.monetize.redis.TestLimits.scripts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.limit.Charge;
import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Decision;
import dev.monetize.limit.Decision.Allowed;
import dev.monetize.limit.Decision.Refused;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Scope;
import dev.monetize.limit.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** Several instances of a service on one Redis. */
class SharedLimitsTest {

  private final Subject ann = new Subject("ann", "k1");
  private final RedisClient redis = TestRedis.empty();
  private final List<RedisRateLimiter> instances = new ArrayList<>();

  private RedisRateLimiter instance() {
    RedisRateLimiter made = RedisRateLimiter.on(redis).callersTime().build();
    instances.add(made);
    return made;
  }

  @AfterEach
  void close() {
    instances.forEach(RedisRateLimiter::close);
    redis.close();
  }

  @Test
  void quota_isNeverExceeded_byManyThreadsOfManyInstances() throws Exception {
    Charge charge = charge(3, hourly(3_000));
    ExecutorService threads = Executors.newFixedThreadPool(16);
    long admitted = 0;
    try {
      List<Future<Integer>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        RedisRateLimiter instance = instance();
        for (int j = 0; j < 4; j++) {
          all.add(threads.submit(() -> admitted(instance, charge)));
        }
      }
      for (Future<Integer> one : all) {
        admitted += one.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(admitted).isEqualTo(1_000);
  }

  private int admitted(RedisRateLimiter instance, Charge charge) {
    int admitted = 0;
    for (int i = 0; i < 200; i++) {
      admitted += instance.acquire(ann, charge, NOW) instanceof Allowed ? 1 : 0;
    }
    return admitted;
  }

  @Test
  void correction_ridesOnTheNextCall() {
    RedisRateLimiter instance = instance();
    Charge charge = charge(10, hourly(100));
    Allowed call = (Allowed) instance.acquire(ann, charge, NOW);

    instance.settle(call, new long[] {4}, NOW);

    assertThat(instance.acquire(ann, charge, NOW).standing().remaining(0)).isEqualTo(86);
  }

  @Test
  void correction_isSentWhenTheInstanceCloses() {
    RedisRateLimiter instance = instance();
    Charge charge = charge(10, hourly(100));
    instance.settle((Allowed) instance.acquire(ann, charge, NOW), new long[] {4}, NOW);

    instance.close();

    assertThat(instance().peek(ann, charge.limits(), NOW).remaining(0)).isEqualTo(96);
  }

  @Test
  void callsOfAnInstanceThatDied_areLetGo() {
    Charge charge = charge(1, new ConcurrencyLimit("calls", 2, Scope.CUSTOMER, false));
    RedisRateLimiter dead = instance();
    RedisRateLimiter alive = instance();
    dead.acquire(ann, charge, NOW);
    dead.acquire(ann, charge, NOW);
    assertThat(alive.acquire(ann, charge, NOW)).isInstanceOf(Refused.class);
    assertThat(alive.acquire(ann, charge, NOW + 30 * SECOND)).isInstanceOf(Refused.class);

    assertThat(alive.acquire(ann, charge, NOW + 31 * SECOND)).isInstanceOf(Allowed.class);
  }

  @Test
  void callsOfAnInstanceThatDied_areLetGo_thoughTheClockWentBack() {
    Charge charge = charge(1, new ConcurrencyLimit("calls", 2, Scope.CUSTOMER, false));
    RedisRateLimiter dead = instance();
    RedisRateLimiter alive = instance();
    dead.acquire(ann, charge, NOW + HOUR * SECOND);
    dead.acquire(ann, charge, NOW + HOUR * SECOND);
    assertThat(alive.acquire(ann, charge, NOW)).isInstanceOf(Refused.class);

    assertThat(alive.acquire(ann, charge, NOW + 31 * SECOND)).isInstanceOf(Allowed.class);
  }

  @Test
  void clockThatIsAhead_reopensNoQuota() {
    Charge charge = charge(1, hourly(1));
    instance().acquire(ann, charge, NOW);
    Subject bob = new Subject("bob", "k");
    try (RedisRateLimiter byServer = RedisRateLimiter.on(redis).build()) {
      long hour = HOUR * SECOND;
      long real = System.currentTimeMillis() * 1_000_000;
      assertThat(byServer.acquire(bob, charge, real)).isInstanceOf(Allowed.class);
      assertThat(byServer.acquire(bob, charge, real + hour)).isInstanceOf(Refused.class);
      assertThat(byServer.acquire(bob, charge, real - hour)).isInstanceOf(Refused.class);
    }
  }

  @Test
  void whatRedisLost_isKnownFromTheLedger() {
    Charge charge = charge(1, hourly(100));
    try (RedisRateLimiter restored =
        RedisRateLimiter.on(redis)
            .callersTime()
            .restoredFrom((subject, limit, window) -> 60)
            .build()) {
      redis.flushAll();
      Decision decision = restored.acquire(ann, charge, NOW);

      assertThat(decision.standing().remaining(0)).isEqualTo(39);
      assertThat(restored.acquire(ann, charge, NOW).standing().remaining(0)).isEqualTo(38);
    }
  }

  @Test
  void subjectThatIsRefused_asksOnceASecond() {
    RedisRateLimiter instance = instance();
    Charge charge = charge(1, RateLimit.of("minute", 1, Duration.ofMinutes(1)));
    instance.acquire(ann, charge, NOW);
    long before = scripts(redis);
    for (int i = 0; i < 100; i++) {
      Refused refused = (Refused) instance.acquire(ann, charge, NOW + i * SECOND / 50);
      assertThat(refused.retryAfterNanos()).isEqualTo(60 * SECOND - i * SECOND / 50);
    }

    assertThat(scripts(redis) - before).isEqualTo(2);
    assertThat(instance.acquire(ann, charge, NOW + 60 * SECOND)).isInstanceOf(Allowed.class);
  }

  /** Of endpoints that cost the same, for all of them. */
  @Test
  void subjectThatIsRefused_atManyEndpoints_asksOnceASecondForEachCost() {
    RedisRateLimiter instance = instance();
    LimitSet limits = LimitSet.of(List.of(RateLimit.of("minute", 5, Duration.ofMinutes(1))));
    List<Charge> endpoints = new ArrayList<>();
    for (int cost : new int[] {1, 5, 2, 1}) {
      endpoints.add(Charge.of(limits, limit -> cost));
    }
    instance.acquire(ann, endpoints.get(1), NOW);
    long before = scripts(redis);
    for (int i = 0; i < 200; i++) {
      long passed = i * SECOND / 100;
      int cost = (int) endpoints.get(i % 4).amount(0);
      Refused refused = (Refused) instance.acquire(ann, endpoints.get(i % 4), NOW + passed);
      assertThat(refused.retryAfterNanos()).isEqualTo(12L * cost * SECOND - passed);
    }

    assertThat(scripts(redis) - before).as("two seconds, three costs").isEqualTo(6);
  }

  @Test
  void refusals_ofASubject_areFew() {
    RedisRateLimiter instance = instance();
    LimitSet limits = LimitSet.of(List.of(RateLimit.of("minute", 60, Duration.ofMinutes(1))));
    List<Charge> endpoints = new ArrayList<>();
    for (int cost = 60; cost > 0; cost--) {
      int of = cost;
      endpoints.add(Charge.of(limits, limit -> of));
    }
    instance.acquire(ann, endpoints.get(0), NOW);
    endpoints.forEach(charge -> instance.acquire(ann, charge, NOW));
    long before = scripts(redis);

    for (int i = 60 - 8; i < 60; i++) {
      instance.acquire(ann, endpoints.get(i), NOW);
    }
    assertThat(scripts(redis)).isEqualTo(before);
    instance.acquire(ann, endpoints.get(60 - 9), NOW);
    assertThat(scripts(redis)).isEqualTo(before + 1);
  }

  @Test
  void refusals_ofAllCharges_areForgotten_whenSomethingComesBack() {
    RedisRateLimiter instance = instance();
    LimitSet limits = LimitSet.of(List.of(hourly(15)));
    Charge ten = Charge.of(limits, limit -> 10);
    Charge six = Charge.of(limits, limit -> 6);
    Allowed call = (Allowed) instance.acquire(ann, ten, NOW);
    assertThat(instance.acquire(ann, ten, NOW)).isInstanceOf(Refused.class);
    assertThat(instance.acquire(ann, six, NOW)).isInstanceOf(Refused.class);

    instance.settle(call, new long[] {0}, NOW);

    assertThat(instance.acquire(ann, six, NOW)).isInstanceOf(Allowed.class);
  }

  @Test
  void refusal_isForgotten_whenSomethingComesBack() {
    RedisRateLimiter instance = instance();
    Charge charge = charge(10, hourly(15));
    Allowed call = (Allowed) instance.acquire(ann, charge, NOW);
    assertThat(instance.acquire(ann, charge, NOW)).isInstanceOf(Refused.class);

    instance.settle(call, new long[] {2}, NOW);

    assertThat(instance.acquire(ann, charge, NOW)).isInstanceOf(Allowed.class);
  }

  @Test
  void state_takesFewBytes_andGoesByItself() {
    Charge charge =
        charge(
            1,
            RateLimit.of("second", 10, Duration.ofSeconds(1)),
            RateLimit.of("minute", 100, Duration.ofMinutes(1)),
            hourly(1_000));
    Subject customer = new Subject("c_0123456789", "k");
    try (RedisRateLimiter byServer = RedisRateLimiter.on(redis).prefix("mz:").build()) {
      byServer.acquire(customer, charge, System.currentTimeMillis() * 1_000_000);
    }

    assertThat(redis.memoryUsage("mz:{c_0123456789}")).isLessThanOrEqualTo(150);
    assertThat(redis.pttl("mz:{c_0123456789}")).isBetween(60_000L, (HOUR + 61) * 1000);
  }
}
