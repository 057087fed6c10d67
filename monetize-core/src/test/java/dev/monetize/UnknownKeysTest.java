// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class UnknownKeysTest {

  private static final long NOW = Duration.ofDays(20_000).toNanos();

  private final UnknownKeys unknown = new UnknownKeys();

  @Test
  void lookUps_areBoundedByAddress() {
    for (int i = 0; i < 200; i++) {
      assertThat(unknown.take("192.0.2.1", NOW)).isZero();
    }

    assertThat(unknown.take("192.0.2.1", NOW)).isEqualTo(Duration.ofMillis(50).toNanos());
  }

  @Test
  void afterTheWait_oneMoreIsAllowed() {
    long wait = 0;
    while (wait == 0) {
      wait = unknown.take("192.0.2.1", NOW);
    }

    assertThat(unknown.take("192.0.2.1", NOW + wait - 1)).isPositive();
    assertThat(unknown.take("192.0.2.1", NOW + wait)).isZero();
  }

  @Test
  void goodKeys_costNothing() {
    for (int i = 0; i < 10_000; i++) {
      assertThat(unknown.take("192.0.2.1", NOW)).isZero();
      unknown.found("192.0.2.1");
    }
  }

  @Test
  void clockThatStepsBack_locksNobodyOutForLong() {
    for (int i = 0; i < 200; i++) {
      unknown.take("192.0.2.1", NOW);
    }
    long earlier = NOW - Duration.ofDays(1).toNanos();

    assertThat(unknown.take("192.0.2.1", earlier)).isEqualTo(Duration.ofMillis(50).toNanos());
  }
}
