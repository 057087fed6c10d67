// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StandingTest {

  private static final LimitSet LIMITS =
      LimitSet.of(List.of(RateLimit.of("r", 10, Duration.ofSeconds(1))));
  private static final Charge CHARGE = Charge.of(LIMITS, limit -> 1);
  private static final Subject ANN = new Subject("ann", "key");

  @Test
  void allowed_tellsItsStandingAndWhatWasShadowed() {
    for (long shadowed : new long[] {0, 1, 1L << 59, -1}) {
      Decision.Allowed allowed = new Decision.Allowed(ANN, CHARGE, new long[] {1, 2, 3}, shadowed);

      assertThat(allowed.shadowed()).isEqualTo(shadowed);
      assertThat(allowed.standing().limits()).isSameAs(LIMITS);
      assertThat(allowed.standing().remaining(0)).isEqualTo(1);
      assertThat(allowed.standing().resetNanos(0)).isEqualTo(2);
      assertThat(allowed.standing().windowStart(0)).isEqualTo(3);
    }
  }

  @Test
  void otherThanThreeNumbersALimit_areRefused() {
    assertThatThrownBy(() -> Standing.of(LIMITS, new long[2]))
        .hasMessage("expected 3 numbers for 1 limits, got 2");
    assertThatThrownBy(() -> new Decision.Allowed(ANN, CHARGE, new long[4], 0))
        .hasMessage("expected 3 numbers for 1 limits, got 4");
  }
}
