// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateLimitTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void burst_isAsLargeAsThePermitsUnlessSet() {
    RateLimit limit = RateLimit.of("search", 10, MINUTE);

    assertThat(limit.burst()).isEqualTo(10);
    assertThat(limit.withBurst(3).burst()).isEqualTo(3);
    assertThat(limit.asStrict().burst()).isEqualTo(1);
    assertThat(limit.asStrict().strict()).isTrue();
  }

  @Test
  void copies_changeOneThing() {
    RateLimit limit = RateLimit.of("search", 10, MINUTE);

    assertThat(limit.perKey().scope()).isEqualTo(Scope.KEY);
    assertThat(limit.inShadow().shadow()).isTrue();
    assertThat(limit.onlyPast("calls/month").pastQuota()).isEqualTo("calls/month");
    assertThat(limit.scope()).isEqualTo(Scope.CUSTOMER);
    assertThat(limit.shadow()).isFalse();
    assertThat(limit.pastQuota()).isNull();
  }

  @Test
  void interval_isRoundedUp() {
    assertThat(RateLimit.of("a", 7, Duration.ofSeconds(1)).intervalNanos()).isEqualTo(142_857_143);
    assertThat(RateLimit.of("a", 10, MINUTE).intervalNanos()).isEqualTo(6_000_000_000L);
    assertThat(RateLimit.of("a", 7, Duration.ofSeconds(1)).burstNanos()).isEqualTo(1_000_000_001);
  }

  @Test
  void interval_ofAStrictLimitLeavesRoomForItsBurst() {
    RateLimit strict = RateLimit.of("a", 10, MINUTE).asStrict();

    assertThat(strict.intervalNanos()).isEqualTo(6_000_000_000L);
    assertThat(strict.withBurst(5).intervalNanos()).isEqualTo(10_000_000_000L);
    assertThat(strict.withBurst(10).intervalNanos()).isEqualTo(60_000_000_000L);
  }

  @Test
  void permits_belowOneAreRefused() {
    refused(() -> RateLimit.of("search", 0, MINUTE))
        .withMessage("permits must be at least 1, got 0 (limit \"search\")");
  }

  @Test
  void permits_closerThanTheClockCanTellAreRefused() {
    refused(() -> RateLimit.of("search", 20_000_000, Duration.ofSeconds(1)))
        .withMessage(
            "permits must be at most one per 100 ns, got 20000000 per PT1S (limit \"search\")");
  }

  @Test
  void burst_belowOneIsRefused() {
    refused(() -> RateLimit.of("search", 10, MINUTE).withBurst(0))
        .withMessage("burst must be at least 1, got 0 (limit \"search\")");
  }

  @Test
  void burst_ofAStrictLimitAboveItsPermitsIsRefused() {
    refused(() -> RateLimit.of("search", 10, MINUTE).asStrict().withBurst(11))
        .withMessage(
            "burst of a strict limit must be at most its 10 permits, got 11 (limit \"search\")");
  }

  @Test
  void burst_ofManyYearsIsRefused() {
    refused(() -> RateLimit.of("search", 1, Duration.ofDays(366)).withBurst(40))
        .withMessage(
            "a burst of 40 at 1 per PT8784H would take more than 36 years to come back"
                + " (limit \"search\")");
  }

  @Test
  void period_outOfBoundsIsRefused() {
    refused(() -> RateLimit.of("search", 1, Duration.ofNanos(999_999)))
        .withMessage("period must be 1 ms to 366 days, got PT0.000999999S (limit \"search\")");
    refused(() -> RateLimit.of("search", 1, Duration.ofDays(367)))
        .withMessage("period must be 1 ms to 366 days, got PT8808H (limit \"search\")");
    refused(() -> RateLimit.of("search", 1, Duration.ofNanos(1_000_001)))
        .withMessage("period must be whole milliseconds, got PT0.001000001S (limit \"search\")");
  }

  @Test
  void numbers_thatCannotBeExactAreRefused() {
    refused(() -> RateLimit.of("search", 7_654_321, Duration.ofDays(30)))
        .withMessage(
            "7654321 permits per PT720H with a burst of 7654321 are no exact count;"
                + " make it smaller or rounder (limit \"search\")");
    assertThat(RateLimit.of("search", 999_983, Duration.ofDays(30)).burst()).isEqualTo(999_983);
  }

  @Test
  void id_thatWouldNotFitAHeaderIsRefused() {
    refused(() -> RateLimit.of("a\"b", 1, MINUTE))
        .withMessage(
            "limit id must be 1 to 100 printable ASCII characters without quotes, got \"a\"b\"");
  }

  private static org.assertj.core.api.ThrowableAssertAlternative<IllegalArgumentException> refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable code) {
    return assertThatIllegalArgumentException().isThrownBy(code);
  }
}
