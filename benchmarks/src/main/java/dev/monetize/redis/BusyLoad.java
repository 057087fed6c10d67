// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Charge;
import dev.monetize.limit.Subject;
import dev.monetize.testkit.FaultProxy;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.RedisClient;

/**
 * A thousand calls a second on a key, with leases, by a thread that decides on other callers
 * meanwhile and never waits. The others come as often as it can; where one of them took a while, as
 * for a round trip to Redis, its caches are cold, and the call after that is told apart.
 */
final class BusyLoad {

  private static final int PER_SECOND = 1_000;
  private static final int SECONDS = 10;
  private static final int OTHERS = 64;
  private static final long A_WHILE = TimeUnit.MICROSECONDS.toNanos(20);
  private static final long EACH = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;

  private final FaultProxy proxy;
  private final RedisRateLimiter limiter;
  private final Charge charge = Contenders.charge();
  private final Subject[] others = new Subject[OTHERS];
  private final Timings afterDecision = new Timings(PER_SECOND * SECONDS);
  private final Timings afterAWhile = new Timings(PER_SECOND * SECONDS);
  private int turn;

  private BusyLoad(FaultProxy proxy, RedisRateLimiter limiter) {
    this.proxy = proxy;
    this.limiter = limiter;
    Arrays.setAll(others, i -> new Subject("other-" + i, "k"));
  }

  static void run(int port) {
    try (FaultProxy proxy = FaultProxy.to("localhost", port);
        RedisClient redis = Contenders.client(proxy.port());
        RedisRateLimiter limiter = RedisRateLimiter.on(redis).prefix("busy").leases(2).build()) {
      new BusyLoad(proxy, limiter).run();
    }
  }

  private void run() {
    LeaseLoad.warm(limiter, charge);
    Subject hot = new Subject("hot", "k");
    long next = System.nanoTime();
    for (int i = -3 * PER_SECOND; i < PER_SECOND * SECONDS; i++) {
      next += EACH;
      boolean aWhile = decideOnOthersUntil(next);
      long now = now();
      long before = proxy.traffic().turns();
      long took = Timings.of(limiter, hot, charge, now);
      boolean decidedHere = proxy.traffic().turns() == before;
      if (i >= 0 && decidedHere) {
        (aWhile ? afterAWhile : afterDecision).add(took);
      }
    }
    System.out.printf(
        "leases, the thread busy with %d other callers, of %,d calls:%n"
            + "  after a decision made here %s%n  after one that took a while %s%n  all that"
            + " were decided here %s%n",
        OTHERS, PER_SECOND * SECONDS, afterDecision, afterAWhile, afterDecision.and(afterAWhile));
  }

  /** Whether the last of them took a while. */
  private boolean decideOnOthersUntil(long nanos) {
    long before = System.nanoTime();
    long after = before;
    while (after < nanos) {
      limiter.acquire(others[turn++ % OTHERS], charge, now());
      before = after;
      after = System.nanoTime();
    }
    return after - before > A_WHILE;
  }

  private static long now() {
    return System.currentTimeMillis() * 1_000_000;
  }
}
