// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Charge;
import dev.monetize.limit.Decision;
import dev.monetize.limit.Decision.Allowed;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Subject;
import dev.monetize.testkit.FaultProxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.RedisClient;

/** A thousand calls a second on a key: with leases, and where it is refused. */
final class LeaseLoad {

  private static final int PER_SECOND = 1_000;
  private static final int SECONDS = 10;

  private LeaseLoad() {}

  static void run(int port) {
    System.out.printf("%n%,d calls a second on a key, for %d s%n", PER_SECOND, SECONDS);
    load(port, "leases", Contenders.charge(), true);
    LimitSet one = LimitSet.of(List.of(RateLimit.of("hour", 1, Duration.ofHours(1))));
    load(port, "refused", Charge.of(one, limit -> 1), false);
  }

  private static void load(int port, String name, Charge charge, boolean allowed) {
    try (FaultProxy proxy = FaultProxy.to("localhost", port);
        RedisClient redis = Contenders.client(proxy.port());
        RedisRateLimiter limiter = RedisRateLimiter.on(redis).prefix(name).leases(2).build()) {
      Subject subject = new Subject("hot", "k");
      calls(limiter, subject, charge, 3);
      long before = proxy.traffic().turns();
      long[] nanos = calls(limiter, subject, charge, SECONDS);
      long turns = proxy.traffic().turns() - before;
      Decision last = limiter.acquire(subject, charge, System.currentTimeMillis() * 1_000_000);
      if (last instanceof Allowed != allowed) {
        throw new IllegalStateException("expected another decision than " + last);
      }
      Arrays.sort(nanos);
      int here = nanos.length - (int) turns;
      System.out.printf(
          "%-8s %.4f round trips a decision, %.2f a second; decided here: p50 %,d ns, p99 %,d ns%n",
          name,
          (double) turns / nanos.length,
          (double) turns / SECONDS,
          nanos[here / 2],
          nanos[(int) (here * 0.99)]);
    }
  }

  /** Each at its time; a clock read is in each figure. */
  private static long[] calls(
      RedisRateLimiter limiter, Subject subject, Charge charge, int seconds) {
    long[] nanos = new long[PER_SECOND * seconds];
    long next = System.nanoTime();
    for (int i = 0; i < nanos.length; i++) {
      next += TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
      while (System.nanoTime() < next) {
        Thread.onSpinWait();
      }
      long now = System.currentTimeMillis() * 1_000_000;
      long start = System.nanoTime();
      limiter.acquire(subject, charge, now);
      nanos[i] = System.nanoTime() - start;
    }
    return nanos;
  }
}
