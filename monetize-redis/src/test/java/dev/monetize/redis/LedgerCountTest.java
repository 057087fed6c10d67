// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static dev.monetize.redis.TestLimits.NOW;
import static dev.monetize.redis.TestLimits.SECOND;
import static dev.monetize.redis.TestLimits.charge;
import static dev.monetize.redis.TestLimits.hourly;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.limit.Charge;
import dev.monetize.limit.Decision.Allowed;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Subject;
import dev.monetize.testkit.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** A quota that is restored from a ledger of all instances counts each unit once. */
class LedgerCountTest {

  private final Subject ann = new Subject("ann", "k");
  private final Charge charge =
      charge(1, hourly(1_000_000), RateLimit.of("rate", 10_000, Duration.ofHours(1)));

  private final RedisClient redis = TestRedis.empty();
  private final FaultProxy proxy = FaultProxy.to("localhost", TestRedis.port());
  private final RedisClient distant = RedisClient.create("localhost", proxy.port());
  private final AtomicLong ledger = new AtomicLong();
  private final AtomicLong nanos = new AtomicLong();
  private final Node one = new Node(distant);
  private final Node other = new Node(redis);

  /** An instance that sends what it owes when it is told to. */
  private final class Node {

    private final RedisRateLimiter limiter;
    private Runnable flush = () -> {};

    Node(RedisClient client) {
      limiter =
          RedisRateLimiter.on(client)
              .callersTime()
              .ticker(nanos::get)
              .restoredFrom((subject, limit, window) -> ledger.get())
              .background(this::background)
              .build();
    }

    private Background background(Runnable soon, Runnable nowAndThen) {
      flush = soon;
      return new Background() {
        @Override
        public void soon() {}

        @Override
        public void close() {}
      };
    }

    Allowed call() {
      return (Allowed) limiter.acquire(ann, charge, NOW);
    }

    /** Ends a call; the ledger knows of it at once. */
    void end(Allowed call, long units) {
      limiter.settle(call, new long[] {units, 1}, NOW);
      ledger.addAndGet(units);
    }

    void calls(int count, long units) {
      List<Allowed> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        all.add(call());
      }
      all.forEach(call -> end(call, units));
    }

    long used() {
      return limiter.peek(ann, charge.limits(), NOW).used(0);
    }
  }

  @AfterEach
  void close() {
    proxy.heal();
    one.limiter.close();
    other.limiter.close();
    distant.close();
    proxy.close();
    redis.close();
  }

  @Test
  void whatAnotherInstanceOwesStill_isNotTakenFromTheLedgerToo() {
    for (int round = 0; round < 3; round++) {
      one.calls(50, 4_000);
      other.calls(10, 1);
      one.flush.run();

      assertThat(other.used()).isEqualTo(ledger.get());
    }
    assertThat(ledger).hasValue(600_030);
  }

  @Test
  void whatWasTakenInAnOutageOfOne_isNotTakenFromTheLedgerToo() {
    one.calls(1, 1);
    proxy.refuse();
    proxy.reset();
    one.calls(500, 10);
    other.calls(1, 1);
    proxy.heal();
    nanos.addAndGet(2 * SECOND);
    one.flush.run();

    assertThat(ledger).hasValue(5_002);
    assertThat(other.used()).as("of one call nobody knows").isBetween(5_001L, 5_002L);
  }

  @Test
  void keyThatIsGone_isRestored() {
    one.calls(10, 10);
    one.flush.run();
    redis.flushAll();

    assertThat(other.call().used(0)).isEqualTo(101);
    assertThat(one.call().used(0)).isEqualTo(102);
  }

  /** What arrives first is no count of the window. */
  @Test
  void keyThatIsGone_isRestored_thoughACorrectionComesFirst() {
    ledger.set(9_000);
    one.calls(1, 1);
    one.calls(1, 10);
    redis.flushAll();
    one.flush.run();
    assertThat(redis.exists("monetize:{ann}")).isTrue();

    assertThat(other.used()).isEqualTo(9_011);
    assertThat(other.call().used(0)).isEqualTo(9_012);
    ledger.set(20_000);
    assertThat(one.call().used(0)).isEqualTo(9_013);
  }

  /** Nor are the rates that are charged with what was taken meanwhile. */
  @Test
  void keyThatIsGone_isRestored_thoughRatesAreRepaidFirst() {
    one.calls(1, 1);
    proxy.refuse();
    proxy.reset();
    one.calls(50, 10);
    redis.flushAll();
    ledger.addAndGet(9_000);
    proxy.heal();
    nanos.addAndGet(2 * SECOND);
    one.flush.run();

    assertThat(other.call().used(0)).isEqualTo(9_502);
  }
}
