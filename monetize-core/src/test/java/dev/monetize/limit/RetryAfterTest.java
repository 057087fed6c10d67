// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A million refusals: who waits as told is admitted, who waits 1 ns less is not. */
class RetryAfterTest {

  private static final int REFUSALS = 1_000_000;
  private static final long START = 1_800_000_000_000_000_000L;
  private static final Subject SUBJECT = new Subject("c", "k");

  private final Random random = Seed.random(RetryAfterTest.class);

  @Test
  void retryAfter_isExact() {
    int refusals = 0;
    while (refusals < REFUSALS) {
      refusals += history(START + random.nextInt());
    }
  }

  private int history(long begin) {
    long permits = 1L + random.nextInt(1_000);
    Duration period = Duration.ofMillis(1L + random.nextInt(2 << random.nextInt(28)));
    RateLimit limit = RateLimit.of("r", permits, period).withBurst(1L + random.nextInt(50));
    LimitSet set = LimitSet.of(List.of(limit));
    InMemoryRateLimiter limiter = new InMemoryRateLimiter();
    long now = begin;
    int refusals = 0;
    for (int i = 0; i < 500; i++) {
      Charge charge = Charge.of(set, any -> 1 + random.nextLong(limit.burst()));
      if (limiter.acquire(SUBJECT, charge, now) instanceof Decision.Refused refused) {
        now += refused.retryAfterNanos() - 1;
        check(limiter.acquire(SUBJECT, charge, now) instanceof Decision.Refused);
        now += 1;
        check(limiter.acquire(SUBJECT, charge, now) instanceof Decision.Allowed);
        refusals++;
      }
    }
    return refusals;
  }

  private static void check(boolean holds) {
    if (!holds) {
      assertThat(holds).isTrue();
    }
  }
}
