// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MutableClockTest {

  private static final Instant NOON = Instant.parse("2027-01-15T12:00:00Z");

  @Test
  void clock_standsStillUntilTurned() {
    MutableClock clock = new MutableClock(NOON);
    assertThat(clock.instant()).isEqualTo(NOON);

    clock.advance(Duration.ofMinutes(1));
    assertThat(clock.instant()).isEqualTo("2027-01-15T12:01:00Z");
    clock.set(NOON);
    assertThat(clock.instant()).isEqualTo(NOON);
  }
}
