// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.limit.Decision.Allowed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class InMemoryRateLimiterThreadsTest {

  private static final int THREADS = 8;
  private static final long NOW = 1_800_000_000_000_000_000L;
  private static final Subject ANN = new Subject("ann", "1");
  private static final Windows YEAR = now -> new Window(1_790_000_000L, 1_820_000_000L);

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS + 2);
  private final InMemoryRateLimiter limiter = new InMemoryRateLimiter();

  @AfterEach
  void stop() throws InterruptedException {
    threads.shutdownNow();
    assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  private static RateLimit rate(String id, long burst) {
    return RateLimit.of(id, burst, Duration.ofHours(1));
  }

  private static WindowLimit window(String id, long included) {
    return new WindowLimit(id, included, included, YEAR, Scope.CUSTOMER, false);
  }

  private static Charge charge(Limit... limits) {
    return Charge.of(LimitSet.of(List.of(limits)), limit -> 1);
  }

  private long sum(Callable<Long> work) throws Exception {
    List<Future<Long>> results = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      results.add(threads.submit(work));
    }
    long sum = 0;
    for (Future<Long> result : results) {
      sum += result.get();
    }
    return sum;
  }

  private long admitted(Charge charge, int calls) {
    long admitted = 0;
    for (int i = 0; i < calls; i++) {
      admitted += limiter.acquire(ANN, charge, NOW) instanceof Allowed ? 1 : 0;
    }
    return admitted;
  }

  @Test
  void frozenClock_admitsExactlyTheBurst() throws Exception {
    Charge charge = charge(rate("a", 10_000), rate("b", 20_000), rate("c", 15_000).perKey());

    assertThat(sum(() -> admitted(charge, 5_000))).isEqualTo(10_000);
    Standing standing = limiter.peek(ANN, charge.limits(), NOW);
    assertThat(standing.remaining(0)).isZero();
    assertThat(standing.remaining(1)).isEqualTo(10_000);
    assertThat(standing.remaining(2)).isEqualTo(5_000);
  }

  /** The one word is decided without a lock while others lock it, to move it and back. */
  @Test
  void oneRate_admitsExactlyTheBurstAlsoWhileItMoves() throws Exception {
    Charge alone = charge(rate("a", 100_000));
    Charge withOther = charge(rate("a", 100_000), rate("b", 1_000_000));

    long admitted =
        sum(
            () -> {
              long mine = 0;
              for (int i = 0; i < 200; i++) {
                mine += admitted(alone, 100) + admitted(withOther, 1);
              }
              return mine;
            });

    assertThat(admitted).isEqualTo(100_000);
    assertThat(limiter.peek(ANN, alone.limits(), NOW).remaining(0)).isZero();
  }

  @Test
  void refusals_chargeNothingAnywhere() throws Exception {
    Charge left = charge(rate("a", 1_000), window("q", 50_000));
    Charge right = charge(rate("a", 1_000), window("q", 50_000), rate("k", 300).perKey());

    long admitted = sum(() -> admitted(left, 500)) + sum(() -> admitted(right, 500));

    assertThat(admitted).isEqualTo(1_000);
    assertThat(limiter.peek(ANN, left.limits(), NOW).remaining(1)).isEqualTo(49_000);
  }

  @Test
  void changesOfTierAndSweeps_loseNothing() throws Exception {
    Charge[] tiers = {
      charge(window("q", 1_000_000), new ConcurrencyLimit("c", 1_000, Scope.CUSTOMER, false)),
      charge(
          rate("r", 900_000),
          new ConcurrencyLimit("c", 1_000, Scope.CUSTOMER, false),
          window("q", 1_000_000)),
    };
    AtomicBoolean over = new AtomicBoolean();
    Future<?> sweeper =
        threads.submit(
            () -> {
              while (!over.get()) {
                limiter.sweep(NOW);
              }
            });

    long settled = sum(() -> callAndSettle(tiers, 20_000));
    over.set(true);
    sweeper.get();

    Standing standing = limiter.peek(ANN, tiers[0].limits(), NOW);
    assertThat(settled).isEqualTo(THREADS * 20_000L * 3 / 2);
    assertThat(standing.remaining(0)).isEqualTo(1_000_000 - settled);
    assertThat(standing.remaining(1)).isEqualTo(1_000);
  }

  /** Takes 1, really uses 2 and 1 in turn. */
  private long callAndSettle(Charge[] tiers, int calls) {
    long used = 0;
    for (int i = 0; i < calls; i++) {
      Charge charge = tiers[i / 3 % 2];
      if (limiter.acquire(ANN, charge, NOW) instanceof Allowed allowed) {
        long[] actual = new long[charge.limits().size()];
        java.util.Arrays.fill(actual, 1 + i % 2);
        limiter.settle(allowed, actual, NOW);
        used += 1 + i % 2;
      }
    }
    return used;
  }

  @Test
  void concurrency_isNeverExceeded() throws Exception {
    Charge charge = charge(new ConcurrencyLimit("c", 3, Scope.CUSTOMER, false));
    java.util.concurrent.atomic.AtomicInteger underWay =
        new java.util.concurrent.atomic.AtomicInteger();

    long excess =
        sum(
            () -> {
              long tooMany = 0;
              for (int i = 0; i < 20_000; i++) {
                if (limiter.acquire(ANN, charge, NOW) instanceof Allowed allowed) {
                  tooMany += underWay.incrementAndGet() > 3 ? 1 : 0;
                  underWay.decrementAndGet();
                  limiter.settle(allowed, new long[] {1}, NOW);
                }
              }
              return tooMany;
            });

    assertThat(excess).isZero();
    assertThat(limiter.sweep(NOW)).isEqualTo(1);
  }
}
