// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Charge;
import dev.monetize.limit.Decision;
import dev.monetize.limit.Decision.Allowed;
import dev.monetize.limit.InMemoryRateLimiter;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Subject;
import dev.monetize.limit.WindowUse;
import dev.monetize.testkit.FaultProxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import redis.clients.jedis.RedisClient;

/** A thousand calls a second on a key: with leases, and where it is refused. */
final class LeaseLoad {

  private static final int PER_SECOND = 1_000;
  private static final int SECONDS = 10;
  private static final int OTHERS = 64;
  private static final int WARM = 500_000;
  private static final long HALF = TimeUnit.SECONDS.toNanos(1) / PER_SECOND / 2;

  private LeaseLoad() {}

  static void run(int port) {
    System.out.printf("%n%,d calls a second on a key, for %d s%n", PER_SECOND, SECONDS);
    load(port, "leases", Contenders.charge(), true);
    busy(port);
    LimitSet one = LimitSet.of(List.of(RateLimit.of("hour", 1, Duration.ofHours(1))));
    load(port, "refused", Charge.of(one, limit -> 1), false);
  }

  private static void load(int port, String name, Charge charge, boolean allowed) {
    try (FaultProxy proxy = FaultProxy.to("localhost", port);
        RedisClient redis = Contenders.client(proxy.port());
        RedisRateLimiter limiter = RedisRateLimiter.on(redis).prefix(name).leases(2).build()) {
      warm(limiter, charge);
      LongSupplier asked = () -> proxy.traffic().turns();
      Subject subject = new Subject("hot", "k");
      calls(limiter, asked, subject, charge, new long[3 * PER_SECOND]);
      long before = asked.getAsLong();
      long[] beside = new long[PER_SECOND * SECONDS];
      long[] nanos = calls(limiter, asked, subject, charge, beside);
      long turns = asked.getAsLong() - before;
      Decision last = limiter.acquire(subject, charge, System.currentTimeMillis() * 1_000_000);
      if (last instanceof Allowed != allowed) {
        throw new IllegalStateException("expected another decision than " + last);
      }
      Arrays.sort(nanos);
      Arrays.sort(beside);
      System.out.printf(
          "%-8s %.4f round trips a decision, %.2f a second; decided here: p50 %,d ns, p99 %,d ns;"
              + " in memory, beside it: p50 %,d ns, p99 %,d ns%n",
          name,
          (double) turns / beside.length,
          (double) turns / SECONDS,
          nanos[nanos.length / 2],
          nanos[(int) (nanos.length * 0.99)],
          beside[beside.length / 2],
          beside[(int) (beside.length * 0.99)]);
    }
  }

  /**
   * The same calls, by a thread that decides on other callers meanwhile, as one of a service under
   * load does, and does not wait: what it needs is in its caches.
   */
  private static void busy(int port) {
    Charge charge = Contenders.charge();
    try (FaultProxy proxy = FaultProxy.to("localhost", port);
        RedisClient redis = Contenders.client(proxy.port());
        RedisRateLimiter limiter = RedisRateLimiter.on(redis).prefix("busy").leases(2).build()) {
      warm(limiter, charge);
      Subject hot = new Subject("hot", "k");
      Subject[] others = new Subject[OTHERS];
      Arrays.setAll(others, i -> new Subject("other-" + i, "k"));
      long[] nanos = new long[PER_SECOND * SECONDS];
      int here = 0;
      int turn = 0;
      long next = System.nanoTime();
      for (int i = -3 * PER_SECOND; i < nanos.length; i++) {
        next += 2 * HALF;
        while (System.nanoTime() < next) {
          limiter.acquire(others[turn++ % OTHERS], charge, System.currentTimeMillis() * 1_000_000);
        }
        long now = System.currentTimeMillis() * 1_000_000;
        long before = proxy.traffic().turns();
        long start = System.nanoTime();
        limiter.acquire(hot, charge, now);
        long took = System.nanoTime() - start;
        if (i >= 0 && proxy.traffic().turns() == before) {
          nanos[here++] = took;
        }
      }
      nanos = Arrays.copyOf(nanos, here);
      Arrays.sort(nanos);
      System.out.printf(
          "leases, the thread busy with %d other callers: %,d of %,d decided here: p50 %,d ns, p99"
              + " %,d ns%n",
          OTHERS, here, PER_SECOND * SECONDS, nanos[here / 2], nanos[(int) (here * 0.99)]);
    }
  }

  /** As code is in a service that runs for a while: compiled. */
  private static void warm(RedisRateLimiter limiter, Charge charge) {
    InMemoryRateLimiter inMemory = new InMemoryRateLimiter(WindowUse.NONE);
    Subject other = new Subject("other", "k");
    for (int i = 0; i < WARM; i++) {
      long now = System.currentTimeMillis() * 1_000_000;
      limiter.acquire(other, charge, now);
      inMemory.acquire(other, charge, now);
    }
  }

  /**
   * Each at its time; a clock read is in each figure. Half a millisecond after each, the limiter in
   * memory decides the same, which tells what the machine adds.
   */
  private static long[] calls(
      RedisRateLimiter limiter, LongSupplier turns, Subject subject, Charge charge, long[] beside) {
    long[] nanos = new long[beside.length];
    InMemoryRateLimiter inMemory = new InMemoryRateLimiter(WindowUse.NONE);
    int here = 0;
    long next = System.nanoTime();
    for (int i = 0; i < nanos.length; i++) {
      next += HALF;
      await(next);
      long now = System.currentTimeMillis() * 1_000_000;
      long before = turns.getAsLong();
      long start = System.nanoTime();
      limiter.acquire(subject, charge, now);
      long took = System.nanoTime() - start;
      if (turns.getAsLong() == before) { // decided here
        nanos[here++] = took;
      }
      next += HALF;
      await(next);
      now = System.currentTimeMillis() * 1_000_000;
      start = System.nanoTime();
      inMemory.acquire(subject, charge, now);
      beside[i] = System.nanoTime() - start;
    }
    return Arrays.copyOf(nanos, here);
  }

  private static void await(long nanos) {
    while (System.nanoTime() < nanos) {
      Thread.onSpinWait();
    }
  }
}
