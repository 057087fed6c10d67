// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LimitSetTest {

  private static final RateLimit RATE = RateLimit.of("r", 5, Duration.ofSeconds(1));
  private static final Windows ALWAYS = now -> new Window(0, 1L << 40);

  @Test
  void ids_areUnique() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LimitSet.of(List.of(RATE, RATE.perKey())))
        .withMessage("two limits share the id \"r\"");
  }

  @Test
  void limits_areAtMostSixty() {
    List<RateLimit> many =
        IntStream.range(0, 61)
            .mapToObj(i -> RateLimit.of("r" + i, 5, Duration.ofSeconds(1)))
            .toList();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> LimitSet.of(many))
        .withMessage("at most 60 limits, got 61");
    assertThat(LimitSet.of(many.subList(0, 60)).size()).isEqualTo(60);
  }

  @Test
  void throttle_needsItsQuotaInTheSetAndScope() {
    var quota = new WindowLimit("q", 5, 5, ALWAYS, Scope.KEY, false);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> LimitSet.of(List.of(RATE.onlyPast("q"), quota)))
        .withMessage(
            "limit \"r\" holds past quota \"q\", but no window limit of scope CUSTOMER has that id,"
                + " got [r, q]");
    assertThat(LimitSet.of(List.of(RATE.onlyPast("q").perKey(), quota)).size()).isEqualTo(2);
  }

  @Test
  void charge_refusesWhatNeverFits() {
    LimitSet set = LimitSet.of(List.of(RATE, new ConcurrencyLimit("c", 2, Scope.KEY, false)));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Charge.of(set, limit -> 6))
        .withMessage("a cost of 6 never fits into a burst of 5 (limit \"r\")");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Charge.of(set, limit -> 3))
        .withMessage("a cost of 3 never fits into a concurrency of 2 (limit \"c\")");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Charge.of(set, limit -> -1))
        .withMessage("amount must not be negative, got -1 (limit \"r\")");
  }

  @Test
  void concurrency_isAtLeastOne() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ConcurrencyLimit("c", 0, Scope.KEY, false))
        .withMessage("concurrency must be at least 1, got 0 (limit \"c\")");
  }

  @Test
  void window_ceilingIsNotBelowIncluded() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WindowLimit("q", 5, 4, ALWAYS, Scope.KEY, false))
        .withMessage("quota must be 0 <= included <= ceiling, got 5 and 4 (limit \"q\")");
  }
}
