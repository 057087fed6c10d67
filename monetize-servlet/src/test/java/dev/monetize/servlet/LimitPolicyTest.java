// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.limit.LimitSet;
import dev.monetize.limit.Scope;
import dev.monetize.limit.Window;
import dev.monetize.limit.WindowLimit;
import java.util.List;
import org.junit.jupiter.api.Test;

class LimitPolicyTest {

  @Test
  void windowThatEndsPastAllNanoseconds_holdsForGood() {
    Window far = new Window(0, Long.MAX_VALUE / 1_000);
    WindowLimit quota = new WindowLimit("calls", 5, 5, now -> far, Scope.CUSTOMER, false);

    LimitPolicy policy = new LimitPolicy(LimitSet.of(List.of(quota)), 0);

    assertThat(policy.holds(Long.MAX_VALUE - 1)).isTrue();
  }

  @Test
  void resetPastAllNanoseconds_isTheLastThereIs() {
    assertThat(LimitHeaders.sum(5, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    assertThat(LimitHeaders.sum(5, 6)).isEqualTo(11);
  }
}
