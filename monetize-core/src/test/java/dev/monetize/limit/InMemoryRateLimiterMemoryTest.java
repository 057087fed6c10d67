// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class InMemoryRateLimiterMemoryTest {

  private static final int MANY = 1_000_000;
  private static final long SECOND = 1_000_000_000L;
  private static final long NOW = 1_800_000_000L * SECOND;
  private static final Charge CHARGE =
      Charge.of(LimitSet.of(List.of(RateLimit.of("r", 10, Duration.ofSeconds(1)))), limit -> 1);

  private final InMemoryRateLimiter limiter = new InMemoryRateLimiter();

  private void call(int subject, long now) {
    limiter.acquire(new Subject("customer-" + subject, "key"), CHARGE, now);
  }

  @Test
  void sweep_dropsWhoIsAsGoodAsNew() {
    for (int i = 0; i < MANY; i++) {
      call(i, NOW);
    }
    assertThat(limiter.size()).isEqualTo(MANY);
    assertThat(limiter.sweep(NOW + 60 * SECOND)).isZero();

    assertThat(limiter.sweep(NOW + 61 * SECOND)).isEqualTo(MANY);
    assertThat(limiter.size()).isZero();
  }

  /** A thousand new subjects a second for 1,000 seconds: each is needed for a minute. */
  @Test
  void newcomers_sweepWhatIsNoLongerNeeded() {
    int most = 0;
    for (int i = 0; i < MANY; i++) {
      call(i, NOW + i * (SECOND / 1_000));
      most = i % 1_000 == 0 ? Math.max(most, limiter.size()) : most;
    }

    assertThat(most).isBetween(60_000, 120_000);
  }

  @Test
  void sweep_keepsAWindowUntilItsEnd() {
    Windows days = now -> new Window(1_800_000_000L, 1_800_086_400L);
    var quota = new WindowLimit("q", 5, 5, days, Scope.CUSTOMER, false);
    Charge charge = Charge.of(LimitSet.of(List.of(quota)), limit -> 1);
    limiter.acquire(new Subject("ann", "1"), charge, NOW);

    assertThat(limiter.sweep(NOW + 86_400 * SECOND)).isZero();
    assertThat(limiter.sweep(NOW + 86_460 * SECOND)).isEqualTo(1);
  }
}
