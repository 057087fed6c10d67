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
      LimitSet.of(List.of(RateLimit.of("r", 10, Duration.ofSeconds(1)), hourly()));
  private static final Charge CHARGE = Charge.of(LIMITS, limit -> 1);
  private static final Subject ANN = new Subject("ann", "key");

  private static WindowLimit hourly() {
    Windows always = now -> new Window(0, 3600);
    return new WindowLimit("q", 10, 10, always, Scope.CUSTOMER, false);
  }

  @Test
  void allowed_tellsItsStandingAndWhatWasShadowed() {
    for (long shadowed : new long[] {0, 1, 1L << 59, -1}) {
      Decision.Allowed allowed =
          new Decision.Allowed(ANN, CHARGE, new long[] {1, 2, 3, 4, 5}, shadowed);

      assertThat(allowed.shadowed()).isEqualTo(shadowed);
      assertThat(allowed.standing().limits()).isSameAs(LIMITS);
      assertTold(allowed.standing());
    }
    assertTold(Standing.of(LIMITS, new long[] {1, 2, 3, 4, 5}));
  }

  private static void assertTold(Standing standing) {
    assertThat(standing.remaining(0)).isEqualTo(1);
    assertThat(standing.resetNanos(0)).isEqualTo(2);
    assertThat(standing.windowStart(0)).isZero();
    assertThat(standing.remaining(1)).isEqualTo(3);
    assertThat(standing.resetNanos(1)).isEqualTo(4);
    assertThat(standing.windowStart(1)).isEqualTo(5);
  }

  @Test
  void numbersTooManyOrTooFew_areRefused() {
    assertThatThrownBy(() -> Standing.of(LIMITS, new long[4]))
        .hasMessage("expected 5 numbers for 2 limits, got 4");
    assertThatThrownBy(() -> new Decision.Allowed(ANN, CHARGE, new long[6], 0))
        .hasMessage("expected 5 numbers for 2 limits, got 6");
  }
}
