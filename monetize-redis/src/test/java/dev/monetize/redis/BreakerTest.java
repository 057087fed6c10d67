// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BreakerTest {

  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - SECOND / 2);
  private final Breaker breaker = new Breaker(nanos::get);

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      assertThat(breaker.allows()).isTrue();
      breaker.failed();
    }
  }

  @Test
  void fiveFailuresInARow_endAsking() {
    fail(4);
    assertThat(breaker.allows()).isTrue();
    assertThat(breaker.failed()).as("opens").isTrue();

    assertThat(breaker.allows()).isFalse();
    assertThat(breaker.failed()).as("is open").isFalse();
  }

  @Test
  void anAnswerBetween_beginsAnew() {
    fail(4);
    assertThat(breaker.succeeded()).as("was never open").isFalse();
    fail(4);

    assertThat(breaker.allows()).isTrue();
    assertThat(breaker.calm()).isFalse();
  }

  @Test
  void openOne_letsOneThroughASecond_untilThatIsAnswered() {
    fail(5);
    for (int i = 0; i < 3; i++) {
      nanos.addAndGet(SECOND - 1);
      assertThat(breaker.allows()).isFalse();
      nanos.addAndGet(1);
      assertThat(breaker.allows()).isTrue();
      assertThat(breaker.allows()).as("a second one").isFalse();
      breaker.failed();
    }
    nanos.addAndGet(SECOND);
    assertThat(breaker.allows()).isTrue();
    assertThat(breaker.succeeded()).isTrue();

    assertThat(breaker.allows()).isTrue();
    assertThat(breaker.calm()).isTrue();
  }
}
