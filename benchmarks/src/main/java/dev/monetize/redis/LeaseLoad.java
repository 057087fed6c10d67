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
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import redis.clients.jedis.RedisClient;

/** A thousand calls a second on a key: with leases, and where it is refused. */
final class LeaseLoad {

  private static final int PER_SECOND = 1_000;
  private static final int SECONDS = 10;
  private static final int WARM = 500_000;
  private static final long HALF = TimeUnit.SECONDS.toNanos(1) / PER_SECOND / 2;

  private LeaseLoad() {}

  static void run(int port) {
    System.out.printf("%n%,d calls a second on a key, for %d s%n", PER_SECOND, SECONDS);
    load(port, "leases", Contenders.charge(), true);
    BusyLoad.run(port);
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
      calls(limiter, asked, subject, charge, new Timings(3 * PER_SECOND));
      long before = asked.getAsLong();
      Timings beside = new Timings(PER_SECOND * SECONDS);
      Timings here = calls(limiter, asked, subject, charge, beside);
      long turns = asked.getAsLong() - before;
      Decision last = limiter.acquire(subject, charge, System.currentTimeMillis() * 1_000_000);
      if (last instanceof Allowed != allowed) {
        throw new IllegalStateException("expected another decision than " + last);
      }
      System.out.printf(
          "%-8s %.4f round trips a decision, %.2f a second; decided here %s; in memory, beside it"
              + " %s%n",
          name, (double) turns / beside.size(), (double) turns / SECONDS, here, beside);
    }
  }

  /** As code is in a service that runs for a while: compiled, and what takes the time too. */
  static void warm(RedisRateLimiter limiter, Charge charge) {
    InMemoryRateLimiter inMemory = new InMemoryRateLimiter(WindowUse.NONE);
    Subject other = new Subject("other", "k");
    for (int i = 0; i < WARM; i++) {
      long now = System.currentTimeMillis() * 1_000_000;
      Timings.of(limiter, other, charge, now);
      Timings.of(inMemory, other, charge, now);
    }
  }

  /**
   * Each at its time; a clock read is in each figure. Half a millisecond after each, the limiter in
   * memory decides the same, which tells what the machine adds.
   */
  private static Timings calls(
      RedisRateLimiter limiter,
      LongSupplier turns,
      Subject subject,
      Charge charge,
      Timings beside) {
    Timings here = new Timings(beside.most());
    InMemoryRateLimiter inMemory = new InMemoryRateLimiter(WindowUse.NONE);
    long next = System.nanoTime();
    for (int i = 0; i < beside.most(); i++) {
      next += HALF;
      await(next);
      long now = System.currentTimeMillis() * 1_000_000;
      long before = turns.getAsLong();
      long took = Timings.of(limiter, subject, charge, now);
      if (turns.getAsLong() == before) {
        here.add(took);
      }
      next += HALF;
      await(next);
      now = System.currentTimeMillis() * 1_000_000;
      beside.add(Timings.of(inMemory, subject, charge, now));
    }
    return here;
  }

  private static void await(long nanos) {
    while (System.nanoTime() < nanos) {
      Thread.onSpinWait();
    }
  }
}
