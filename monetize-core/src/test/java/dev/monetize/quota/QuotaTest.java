// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.monetize.limit.LimitSet;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Scope;
import dev.monetize.limit.WindowLimit;
import dev.monetize.quota.QuotaPeriod.Unit;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class QuotaTest {

  private static final Quota CALLS = Quota.of("calls", 1_000, QuotaPeriod.of(Unit.MONTH));

  @Test
  void id_isMadeOfMeterPeriodAndScope() {
    assertThat(CALLS.id()).isEqualTo("calls/month");
    assertThat(CALLS.perKey().id()).isEqualTo("calls/month:key");
    assertThat(Quota.meterOf("calls/month:key")).isEqualTo("calls");
  }

  @Test
  void copies_changeOneThing() {
    assertThat(CALLS.perKey().scope()).isEqualTo(Scope.KEY);
    assertThat(CALLS.inShadow().shadow()).isTrue();
    assertThat(CALLS.shadow()).isFalse();
    assertThat(CALLS.past()).isEqualTo(new PastQuota.Block());
  }

  @Test
  void block_refusesPastWhatIsIncluded() {
    WindowLimit limit = CALLS.toLimit(null);

    assertThat(limit.id()).isEqualTo("calls/month");
    assertThat(limit.included()).isEqualTo(1_000);
    assertThat(limit.ceiling()).isEqualTo(1_000);
    assertThat(CALLS.toThrottle()).isEmpty();
  }

  @Test
  void bill_refusesPastItsCapIfAny() {
    Quota capped = CALLS.withPast(new PastQuota.Bill(OptionalLong.of(5_000)));
    Quota open = CALLS.withPast(new PastQuota.Bill(OptionalLong.empty()));

    assertThat(capped.toLimit(null).ceiling()).isEqualTo(5_000);
    assertThat(open.toLimit(null).ceiling()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void throttle_isARateThatHoldsPastTheQuota() {
    Quota quota =
        CALLS.withPast(new PastQuota.Throttle(5, Duration.ofMinutes(1))).perKey().inShadow();

    RateLimit throttle = quota.toThrottle().orElseThrow();

    assertThat(throttle.id()).isEqualTo("calls/month:key:throttle");
    assertThat(throttle.permits()).isEqualTo(5);
    assertThat(throttle.pastQuota()).isEqualTo(quota.id());
    assertThat(throttle.scope()).isEqualTo(Scope.KEY);
    assertThat(throttle.shadow()).isTrue();
    assertThat(quota.toLimit(null).ceiling()).isEqualTo(Long.MAX_VALUE);
    assertThat(LimitSet.of(List.of(throttle, quota.toLimit(null))).size()).isEqualTo(2);
  }

  @Test
  void meter_ofOtherCharactersIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Quota.of("API Calls", 1, QuotaPeriod.of(Unit.DAY)))
        .withMessage("meter must be 1 to 40 of a-z, 0-9, '_', '.' and '-', got \"API Calls\"");
  }

  @Test
  void included_belowZeroIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Quota.of("calls", -1, QuotaPeriod.of(Unit.DAY)))
        .withMessage("included must not be negative, got -1 (quota \"calls/day\")");
  }

  @Test
  void cap_belowIncludedIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CALLS.withPast(new PastQuota.Bill(OptionalLong.of(999))))
        .withMessage(
            "overage cap must be at least the 1000 included, got 999 (quota \"calls/month\")");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PastQuota.Bill(OptionalLong.of(-1)))
        .withMessage("overage cap must not be negative, got -1");
  }

  @Test
  void throttle_thatIsNoRateIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PastQuota.Throttle(0, Duration.ofMinutes(1)))
        .withMessage("throttle must be at least 1 call, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CALLS.withPast(new PastQuota.Throttle(1, Duration.ZERO)))
        .withMessage("period must be 1 ms to 366 days, got PT0S (limit \"calls/month:throttle\")");
  }
}
