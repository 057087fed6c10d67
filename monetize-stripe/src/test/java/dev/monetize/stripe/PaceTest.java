// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class PaceTest {

  private static final long SEED = Long.getLong("monetize.seed", System.nanoTime());
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void noSecond_seesMoreThanItMay() {
    SplittableRandom random = new SplittableRandom(SEED);
    Pace pace = new Pace(7);
    List<Instant> went = new ArrayList<>();
    Instant now = START;
    for (int i = 0; i < 20_000; i++) {
      if (pace.mayGo(now)) {
        pace.goes(now);
        went.add(now);
      }
      boolean pause = random.nextInt(100) == 0;
      now = now.plusMillis(random.nextInt(pause ? 5000 : 60));
    }
    for (int i = 7; i < went.size(); i++) {
      assertThat(Duration.between(went.get(i - 7), went.get(i)))
          .as("seed %d", SEED)
          .isGreaterThanOrEqualTo(SECOND);
    }
    assertThat(went).hasSizeGreaterThan(1000);
  }

  @Test
  void clock_thatIsTurnedBackHoldsNothingUp() {
    Pace pace = new Pace(2);
    pace.goes(START);
    pace.goes(START);
    assertThat(pace.mayGo(START)).isFalse();

    Instant earlier = START.minusSeconds(3600);
    assertThat(pace.mayGo(earlier)).isTrue();
    pace.goes(earlier);
    pace.goes(earlier);
    assertThat(pace.mayGo(earlier)).isFalse();
    assertThat(pace.mayGo(earlier.plusSeconds(1))).isTrue();
  }
}
