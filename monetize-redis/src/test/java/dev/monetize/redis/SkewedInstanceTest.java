// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static dev.monetize.redis.TestLimits.HOUR;
import static dev.monetize.redis.TestLimits.NOW;
import static dev.monetize.redis.TestLimits.SECOND;
import static dev.monetize.redis.TestLimits.charge;
import static dev.monetize.redis.TestLimits.hourly;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.limit.Charge;
import dev.monetize.limit.Decision;
import dev.monetize.limit.Decision.Allowed;
import dev.monetize.limit.Decision.Refused;
import dev.monetize.limit.Subject;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An instance whose clock is far off changes no quota of the others: the server's clock counts. */
class SkewedInstanceTest {

  private final Subject ann = new Subject("ann", "k");
  private final Charge charge = charge(1, hourly(3));
  private final ModelRedis redis = new ModelRedis();
  private final RedisRateLimiter good = limiter();
  private final RedisRateLimiter skewed = limiter();

  private RedisRateLimiter limiter() {
    return RedisRateLimiter.on(redis).background((soon, now) -> new Idle()).build();
  }

  private static final class Idle implements Background {
    @Override
    public void soon() {}

    @Override
    public void close() {}
  }

  private Decision call(RedisRateLimiter by, long now, long off) {
    redis.clock(now / 1_000);
    return by.acquire(ann, charge, now + (by == skewed ? off : 0));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 30, -1, -2, -3, -30})
  void quotaIsOfTheServersWindow_forAll(long hours) {
    long off = hours * HOUR * SECOND;
    redis.begin(charge.limits());
    for (long now : new long[] {NOW + 60 * SECOND, NOW + HOUR * SECOND}) {
      long start = now / SECOND / HOUR * HOUR;
      RedisRateLimiter first = now == NOW + HOUR * SECOND ? skewed : good;
      RedisRateLimiter second = first == good ? skewed : good;
      Decision[] three = {call(first, now, off), call(second, now, off), call(first, now, off)};
      for (Decision each : three) {
        assertThat(each).isInstanceOf(Allowed.class);
        assertThat(each.standing().windowStart(0)).isEqualTo(start);
        assertThat(each.standing().resetNanos(0)).isEqualTo((start + HOUR) * SECOND - now);
      }

      assertThat(call(second, now, off)).isInstanceOf(Refused.class);
      assertThat(call(first, now, off)).isInstanceOf(Refused.class);
      assertThat(call(good, now + SECOND, off)).isInstanceOf(Refused.class);
    }
  }
}
