// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MonotonicClockTest {

  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

  private long monotonic = 42;
  private Instant wall = START;
  private final MonotonicClock clock = new MonotonicClock(() -> monotonic, () -> wall);

  private void pass(Duration time) {
    monotonic += time.toNanos();
    wall = wall.plus(time);
  }

  @Test
  void reading_followsTheMonotonicClock() {
    pass(Duration.ofMillis(123));

    assertThat(clock.instant()).isEqualTo(START.plusMillis(123));
  }

  @Test
  void wallStepsFar_isFollowedOnlyIfItStaysThere() {
    wall = wall.plus(Duration.ofHours(1));
    pass(Duration.ofMillis(1001));
    assertThat(clock.instant()).isEqualTo(START.plusMillis(1001));
    wall = wall.minus(Duration.ofHours(1));
    pass(Duration.ofMillis(1001));
    assertThat(clock.instant()).isEqualTo(START.plusMillis(2002));

    wall = wall.minus(Duration.ofDays(2));
    for (int i = 0; i < 3; i++) {
      assertThat(clock.instant()).isAfterOrEqualTo(START.plusMillis(2002));
      pass(Duration.ofMillis(1001));
      clock.instant();
    }
    assertThat(clock.instant()).isEqualTo(wall);
  }

  @Test
  void wallStepsAhead_isFollowedWithinASecond() {
    wall = wall.plus(Duration.ofSeconds(30));
    assertThat(clock.instant()).isEqualTo(START);

    pass(Duration.ofMillis(1001));

    assertThat(clock.instant()).isEqualTo(wall);
  }

  @Test
  void wallStepsBack_timeGoesOnAtHalfSpeedUntilTheyMeet() {
    wall = wall.minus(Duration.ofSeconds(10));
    pass(Duration.ofMillis(1001));
    Instant noticed = clock.instant();
    assertThat(noticed).isEqualTo(START.plusMillis(1001));

    pass(Duration.ofMillis(500));
    assertThat(clock.instant()).isEqualTo(noticed.plusMillis(250));

    for (int i = 0; i < 30; i++) {
      pass(Duration.ofMillis(1001));
      clock.instant();
    }
    assertThat(Duration.between(wall, clock.instant())).isLessThan(Duration.ofMillis(600));
  }

  @Test
  void readings_neverGoBackForSmallSteps() {
    long seed = Long.getLong("monetize.seed", System.nanoTime());
    Random random = new Random(seed);
    long last = clock.nanos();
    for (int i = 0; i < 100_000; i++) {
      pass(Duration.ofMillis(random.nextInt(400)));
      if (random.nextInt(50) == 0) {
        wall = wall.plusMillis(random.nextInt(20_000) - 10_000);
      }
      long reading = clock.nanos();
      assertThat(reading).as("seed %d, step %d", seed, i).isGreaterThanOrEqualTo(last);
      last = reading;
    }
  }
}
