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
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Scope;
import dev.monetize.limit.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** Charges taken ahead: few round trips, within the stated bounds. */
class LeasesTest {

  private static final long MILLI = 1_000_000L;

  private final Subject ann = new Subject("ann", "k1");
  private final AtomicLong passed = new AtomicLong();
  private final RedisClient redis = TestRedis.empty();
  private final List<RedisRateLimiter> instances = new ArrayList<>();

  private RedisRateLimiter instance(int all) {
    RedisRateLimiter made =
        RedisRateLimiter.on(redis).callersTime().ticker(passed::get).leases(all).build();
    instances.add(made);
    return made;
  }

  @AfterEach
  void close() {
    instances.forEach(RedisRateLimiter::close);
    redis.close();
  }

  private Decision call(RedisRateLimiter instance, Charge charge) {
    return instance.acquire(ann, charge, NOW + passed.get());
  }

  @Test
  void frequentCaller_asksOncePerFiftyCalls_atMost() {
    RedisRateLimiter instance = instance(2);
    Charge charge =
        charge(1, RateLimit.of("rate", 5_000, Duration.ofSeconds(1)), hourly(1_000_000));
    long before = scripts(redis);
    for (int i = 0; i < 10_000; i++) {
      passed.addAndGet(MILLI);
      assertThat(call(instance, charge)).isInstanceOf(Allowed.class);
    }

    assertThat(scripts(redis) - before).isLessThanOrEqualTo(200);
    assertThat(call(instance, charge).standing().remaining(1))
        .as("told as if nothing were taken ahead")
        .isEqualTo(1_000_000 - 10_001);
  }

  /** What is due is looked at each 50 ms: then a lease gets more before it ends. */
  @Test
  void frequentCaller_neverWaits_asItsLeaseIsRenewedInTime() {
    Runnable[] due = new Runnable[1];
    RedisRateLimiter instance =
        RedisRateLimiter.on(redis)
            .callersTime()
            .ticker(passed::get)
            .leases(2)
            .background(
                (soon, nowAndThen) -> {
                  due[0] = soon;
                  return TopologyContract.NOBODY;
                })
            .build();
    instances.add(instance);
    Charge charge =
        charge(1, RateLimit.of("rate", 5_000, Duration.ofSeconds(1)), hourly(1_000_000));
    long asked = 0;
    long renewed = 0;
    for (int i = 0; i < 5_000; i++) {
      passed.addAndGet(MILLI);
      long before = scripts(redis);
      assertThat(call(instance, charge)).isInstanceOf(Allowed.class);
      asked += i < 100 ? 0 : scripts(redis) - before;
      if (i % 50 == 0) {
        before = scripts(redis);
        due[0].run();
        renewed += scripts(redis) - before;
      }
    }

    assertThat(asked).as("round trips that a call waited for").isZero();
    assertThat(renewed).as("others").isBetween(40L, 100L);
    assertThat(call(instance, charge).standing().remaining(1)).isEqualTo(1_000_000 - 5_001);
    passed.addAndGet(200 * MILLI);
    due[0].run();
    var standing = instance(2).peek(ann, charge.limits(), NOW + passed.get());
    assertThat(standing.remaining(1)).as("what is not spent has come back").isEqualTo(994_999);
  }

  @Test
  void whatIsNotSpent_comesBack() {
    RedisRateLimiter instance = instance(2);
    Charge charge =
        charge(1, RateLimit.of("rate", 5_000, Duration.ofMinutes(1)), hourly(1_000_000));
    for (int i = 0; i < 1_000; i++) {
      passed.addAndGet(MILLI / 10);
      call(instance, charge);
    }
    instance.close();

    var standing = instance(2).peek(ann, charge.limits(), NOW + passed.get());
    assertThat(standing.remaining(1)).isEqualTo(999_000);
    assertThat(standing.remaining(0)).isBetween(4_000L, 4_010L); // some have come by waiting
  }

  @Test
  void limitsThatCountCallsUnderWay_orReportOnly_areAskedForEachCall() {
    RedisRateLimiter instance = instance(1);
    List<Charge> charges =
        List.of(
            charge(1, new ConcurrencyLimit("calls", 1_000_000, Scope.CUSTOMER, false)),
            charge(1, RateLimit.of("rate", 1_000_000, Duration.ofSeconds(1)).inShadow()));
    for (Charge charge : charges) {
      long before = scripts(redis);
      for (int i = 0; i < 500; i++) {
        passed.addAndGet(MILLI);
        call(instance, charge);
      }
      assertThat(scripts(redis) - before).isEqualTo(500);
    }
  }

  /** Over many histories: bursts and pauses, instances that are killed, limits of all sizes. */
  @Test
  void bounds_hold() {
    long seed = Long.getLong("monetize.seed", System.nanoTime());
    System.out.println("LeasesTest: -Dmonetize.seed=" + seed);
    Random random = new Random(seed);
    for (int history = 0; history < 60; history++) {
      redis.flushAll();
      int count = 1 + random.nextInt(4);
      long included = 100L + random.nextInt(5_000);
      long permits = 50L + random.nextInt(1_000);
      RateLimit rate = RateLimit.of("rate", permits, Duration.ofSeconds(1));
      Charge charge = charge(1, rate, hourly(included));
      List<RedisRateLimiter> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        all.add(instance(count));
      }
      long start = passed.get();
      long admitted = 0;
      for (int i = 0; i < 3_000; i++) {
        passed.addAndGet(random.nextInt(50) == 0 ? 200 * MILLI : random.nextLong(2 * MILLI));
        int at = random.nextInt(count);
        if (random.nextInt(500) == 0) {
          all.set(at, instance(count)); // the former one was killed, with what it had taken ahead
        }
        admitted += call(all.get(at), charge) instanceof Allowed ? 1 : 0;
      }
      double seconds = (passed.get() - start) / (double) SECOND;
      assertThat(admitted).as("of a quota").isLessThanOrEqualTo(included);
      assertThat((double) admitted)
          .as("of a rate, with what was taken ahead before")
          .isLessThanOrEqualTo(permits + permits * seconds + 1);
      passed.addAndGet(HOUR * SECOND);
      instances.forEach(RedisRateLimiter::close);
      instances.clear();
    }
  }

  /** All that is left is taken at once: each call is told what was left after it. */
  @Test
  void lastOnesOfARate_areToldWhatRemained() {
    Charge charge = charge(1, RateLimit.of("rate", 3, Duration.ofMinutes(1)));
    Allowed all = new Allowed(ann, charge, new long[] {0, MILLI}, 0);
    Lease lease = new Lease(LimitPlan.of(charge.limits()), all, 3, Long.MAX_VALUE);

    assertThat(lease.allowed(lease.spend()).remaining(0)).isEqualTo(2);
    assertThat(lease.allowed(lease.spend()).remaining(0)).isEqualTo(1);
    assertThat(lease.allowed(lease.spend()).remaining(0)).isZero();
  }
}
