// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
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
    assertThat(standing.used(0)).isZero();
    assertThat(standing.used(1)).isEqualTo(7);
  }

  @Test
  void quotaThatIsPassed_hasNothingRemaining_andTellsWhatWasUsed() {
    Standing standing = Standing.of(LIMITS, new long[] {1, 2, -5, 4, 5});

    assertThat(standing.remaining(1)).isZero();
    assertThat(standing.used(1)).isEqualTo(15);
  }

  @Test
  void share_isCrossedByTheCallThatReachesIt() {
    Windows always = now -> new Window(0, 3600);
    for (long included : new long[] {1, 3, 10, 99, 101, 9_007_199_254_740_991L}) {
      LimitSet quota =
          LimitSet.of(
              List.of(
                  new WindowLimit("q", included, Long.MAX_VALUE, always, Scope.CUSTOMER, false)));
      Charge charge = Charge.of(quota, limit -> 1);
      for (int percent : new int[] {1, 50, 80, 100, 120, 999}) {
        long reached =
            BigInteger.valueOf(included)
                .multiply(BigInteger.valueOf(percent))
                .add(BigInteger.valueOf(99))
                .divide(BigInteger.valueOf(100))
                .longValueExact();
        for (long used = reached - 1; used <= reached + 1; used++) {
          Decision.Allowed allowed =
              new Decision.Allowed(ANN, charge, new long[] {included - used, 4, 5}, 0);

          assertThat(allowed.crosses(0, percent))
              .as("%d of %d, %d %%", used, included, percent)
              .isEqualTo(used == reached);
        }
      }
    }
    Decision.Allowed rate = new Decision.Allowed(ANN, CHARGE, new long[] {9, 2, 3, 4, 5}, 0);
    assertThat(rate.crosses(0, 10)).as("of a limit without windows").isFalse();
  }

  @Test
  void numbersTooManyOrTooFew_areRefused() {
    assertThatThrownBy(() -> Standing.of(LIMITS, new long[4]))
        .hasMessage("expected 5 numbers for 2 limits, got 4");
    assertThatThrownBy(() -> new Decision.Allowed(ANN, CHARGE, new long[6], 0))
        .hasMessage("expected 5 numbers for 2 limits, got 6");
  }
}
