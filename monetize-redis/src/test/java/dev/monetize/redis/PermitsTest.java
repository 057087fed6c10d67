// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static dev.monetize.redis.TestLimits.charge;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.limit.Charge;
import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Decision.Allowed;
import dev.monetize.limit.Scope;
import dev.monetize.limit.Subject;
import dev.monetize.testkit.Direction;
import dev.monetize.testkit.FaultProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.RedisClient;

/** Permits of calls under way, where nobody knows what Redis was told of them. */
class PermitsTest {

  private final Subject ann = new Subject("ann", "k");
  private final Charge charge = charge(1, new ConcurrencyLimit("calls", 5, Scope.CUSTOMER, false));

  private final RedisClient redis = TestRedis.empty();
  private final FaultProxy proxy = FaultProxy.to("localhost", TestRedis.port());
  private final RedisClient distant = RedisClient.create("localhost", proxy.port());
  private final RedisRateLimiter truth = RedisRateLimiter.on(redis).build();
  private Runnable flush = () -> {};
  private Runnable showLife = () -> {};
  private final RedisRateLimiter limiter =
      RedisRateLimiter.on(distant).background(this::background).build();

  private Background background(Runnable soon, Runnable nowAndThen) {
    flush = soon;
    showLife = nowAndThen;
    return new Background() {
      @Override
      public void soon() {}

      @Override
      public void close() {}
    };
  }

  @AfterEach
  void close() {
    proxy.heal();
    limiter.close();
    truth.close();
    distant.close();
    proxy.close();
    redis.close();
  }

  private static long now() {
    return System.currentTimeMillis() * 1_000_000;
  }

  private Allowed begin() {
    return (Allowed) limiter.acquire(ann, charge, now());
  }

  private void end(Allowed call) {
    limiter.settle(call, new long[] {1}, now());
  }

  private long free() {
    return truth.peek(ann, charge.limits(), now()).remaining(0);
  }

  @ParameterizedTest
  @EnumSource
  void endsThatMayBeLost_areFreeWithTheNextSignOfLife(Direction lost) {
    Allowed kept = begin();
    for (int i = 0; i < 4; i++) {
      Allowed call = begin();
      end(call);
      proxy.cutAfter(lost, 0);
      flush.run();
      proxy.heal();
      limiter.peek(ann, charge.limits(), now());
    }
    showLife.run();
    assertThat(free()).isEqualTo(4);

    end(kept);
    flush.run();
    assertThat(free()).isEqualTo(5);
  }

  /** Whether Redis has it or not, and though the count itself is lost at first. */
  @ParameterizedTest
  @EnumSource
  void beginningThatMayBeLost_isCountedWithTheNextSignOfLife(Direction lost) {
    Allowed kept = begin();
    proxy.cutAfter(lost, 0);
    Allowed call = begin();
    proxy.heal();
    proxy.cutAfter(lost, 0);
    showLife.run();
    proxy.heal();
    showLife.run();
    assertThat(free()).isEqualTo(3);

    end(call);
    flush.run();
    assertThat(free()).isEqualTo(4);
    end(kept);
  }

  /** As after a failover, or ends that were told in vain: the server knows of none. */
  @Test
  void count_isTold_thoughTheServerHasNone() {
    Allowed kept = begin();
    redis.flushAll();
    proxy.cutAfter(Direction.TO_SERVER, 0);
    begin();
    proxy.heal();
    assertThat(free()).isEqualTo(5);

    showLife.run();

    assertThat(free()).isEqualTo(3);
    end(kept);
  }

  /** What ended and is not told yet is not taken off twice. */
  @Test
  void count_goesWithWhatIsOwed() {
    Allowed kept = begin();
    Allowed call = begin();
    Allowed last = begin();
    end(call);
    proxy.cutAfter(Direction.TO_SERVER, 0);
    flush.run();
    proxy.heal();
    end(last);

    showLife.run();
    flush.run();

    assertThat(free()).isEqualTo(4);
    end(kept);
  }
}
