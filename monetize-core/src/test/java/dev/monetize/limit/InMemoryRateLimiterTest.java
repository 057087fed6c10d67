// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.monetize.limit.Decision.Allowed;
import dev.monetize.limit.Decision.Refused;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class InMemoryRateLimiterTest {

  private static final long SECOND = 1_000_000_000L;
  private static final long NOW = 1_800_000_000L * SECOND;
  private static final long HOUR = 3_600;
  private static final Windows HOURS =
      now -> {
        long start = Math.floorDiv(now, HOUR * SECOND) * HOUR;
        return new Window(start, start + HOUR);
      };
  private static final Subject ANN = new Subject("ann", "ann-1");
  private static final Subject ANN_2 = new Subject("ann", "ann-2");

  private final InMemoryRateLimiter limiter = new InMemoryRateLimiter();

  private static RateLimit perSecond(String id, long permits) {
    return RateLimit.of(id, permits, Duration.ofSeconds(1));
  }

  private static WindowLimit hourly(String id, long included) {
    return new WindowLimit(id, included, included, HOURS, Scope.CUSTOMER, false);
  }

  private static Charge charge(long amount, Limit... limits) {
    return Charge.of(LimitSet.of(List.of(limits)), limit -> amount);
  }

  private Allowed allowed(Subject subject, Charge charge, long now) {
    Decision decision = limiter.acquire(subject, charge, now);
    assertThat(decision).isInstanceOf(Allowed.class);
    return (Allowed) decision;
  }

  private Refused refused(Subject subject, Charge charge, long now) {
    Decision decision = limiter.acquire(subject, charge, now);
    assertThat(decision).isInstanceOf(Refused.class);
    return (Refused) decision;
  }

  @Test
  void refusal_chargesNothingAnywhere() {
    Limit rate = perSecond("r", 10);
    Limit quota = hourly("q", 2);
    Charge both = charge(1, rate, quota);
    allowed(ANN, both, NOW);
    allowed(ANN, both, NOW);

    Refused refused = refused(ANN, both, NOW);

    assertThat(refused.violated()).isEqualTo(quota);
    assertThat(refused.standing().remaining(0)).isEqualTo(8);
    assertThat(refused.standing().remaining(1)).isZero();
  }

  @Test
  void refusal_namesTheLimitThatTakesLongest() {
    Charge charge = charge(1, perSecond("fast", 1), RateLimit.of("slow", 1, Duration.ofHours(1)));
    allowed(ANN, charge, NOW);

    Refused refused = refused(ANN, charge, NOW);

    assertThat(refused.limit()).isEqualTo(1);
    assertThat(refused.retryAfterNanos()).isEqualTo(HOUR * SECOND);
  }

  @Test
  void refusal_ofAnAmountAboveTheCeilingNeverEnds() {
    assertThat(refused(ANN, charge(3, hourly("q", 2)), NOW).retryAfterNanos())
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void customer_isHeldOverAllItsKeys() {
    Charge charge = charge(1, perSecond("r", 1));
    allowed(ANN, charge, NOW);

    refused(ANN_2, charge, NOW);
  }

  @Test
  void key_isHeldByItselfBesideTheCustomer() {
    Charge charge = charge(1, perSecond("all", 3), perSecond("each", 2).perKey());
    allowed(ANN, charge, NOW);
    allowed(ANN, charge, NOW);
    assertThat(refused(ANN, charge, NOW).violated().id()).isEqualTo("each");
    allowed(ANN_2, charge, NOW);
    assertThat(refused(ANN_2, charge, NOW).violated().id()).isEqualTo("all");
  }

  @Test
  void standing_tellsOfEachLimit() {
    Charge charge =
        charge(
            1, perSecond("r", 10), hourly("q", 5), new ConcurrencyLimit("c", 3, Scope.KEY, false));

    Standing standing = allowed(ANN, charge, NOW).standing();

    assertThat(standing.remaining(0)).isEqualTo(9);
    assertThat(standing.resetNanos(0)).isEqualTo(SECOND / 10);
    assertThat(standing.windowStart(0)).isZero();
    assertThat(standing.remaining(1)).isEqualTo(4);
    assertThat(standing.resetNanos(1)).isEqualTo(HOUR * SECOND);
    assertThat(standing.windowStart(1)).isEqualTo(NOW / SECOND);
    assertThat(standing.remaining(2)).isEqualTo(2);
    assertThat(standing.resetNanos(2)).isZero();
  }

  @Test
  void peek_chargesNothing() {
    Charge charge = charge(2, perSecond("r", 10), hourly("q", 5));
    LimitSet set = charge.limits();
    assertThat(limiter.peek(ANN, set, NOW).remaining(1)).isEqualTo(5);
    assertThat(limiter.size()).isZero();
    allowed(ANN, charge, NOW);

    for (int i = 0; i < 3; i++) {
      assertThat(limiter.peek(ANN, set, NOW).remaining(0)).isEqualTo(8);
      assertThat(limiter.peek(ANN, set, NOW).remaining(1)).isEqualTo(3);
    }
  }

  @Test
  void peek_ofOtherLimitsMovesNothing() {
    allowed(ANN, charge(2, perSecond("r", 10), hourly("q", 5)), NOW);

    Standing other = limiter.peek(ANN, LimitSet.of(List.of(hourly("q", 50))), NOW);

    assertThat(other.remaining(0)).isEqualTo(48);
    assertThat(limiter.size()).isEqualTo(1);
  }

  @Test
  void shadow_reportsAndRefusesNothing() {
    Charge charge = charge(1, perSecond("r", 1).inShadow(), perSecond("s", 9));
    assertThat(allowed(ANN, charge, NOW).shadowed()).isZero();
    for (int i = 0; i < 8; i++) {
      assertThat(allowed(ANN, charge, NOW).shadowed()).isEqualTo(0b01);
    }

    assertThat(refused(ANN, charge, NOW).shadowed()).isEqualTo(0b01);
    assertThat(allowed(ANN, charge, NOW + SECOND).shadowed()).isZero();
  }

  @Test
  void throttle_holdsOnlyPastItsQuota() {
    var quota = new WindowLimit("q", 2, Long.MAX_VALUE, HOURS, Scope.CUSTOMER, false);
    Charge charge = charge(1, perSecond("slow", 1).onlyPast("q"), quota);
    assertThat(allowed(ANN, charge, NOW).standing().remaining(0)).isEqualTo(1);
    allowed(ANN, charge, NOW);

    Standing past = allowed(ANN, charge, NOW).standing();

    assertThat(past.remaining(0)).isZero();
    assertThat(refused(ANN, charge, NOW).violated().id()).isEqualTo("slow");
    allowed(ANN, charge, NOW + SECOND);
    for (int i = 0; i < 2; i++) {
      allowed(ANN, charge, NOW + HOUR * SECOND);
    }
  }

  @Test
  void window_beginsAnewAtItsEnd() {
    Charge charge = charge(1, hourly("q", 1));
    allowed(ANN, charge, NOW + SECOND);

    Refused refused = refused(ANN, charge, NOW + 2 * SECOND);

    assertThat(refused.retryAfterNanos()).isEqualTo((HOUR - 2) * SECOND);
    refused(ANN, charge, NOW + HOUR * SECOND - 1);
    allowed(ANN, charge, NOW + HOUR * SECOND);
  }

  @Test
  void window_staysWhenTheClockStepsBack() {
    Charge charge = charge(1, hourly("q", 1));
    allowed(ANN, charge, NOW);

    Refused refused = refused(ANN, charge, NOW - 1);

    assertThat(refused.retryAfterNanos()).isEqualTo(HOUR * SECOND + 1);
    assertThat(refused.standing().windowStart(0)).isEqualTo(NOW / SECOND);
  }

  @Test
  void window_ofNoAmountIsNeverRefused() {
    allowed(ANN, charge(1, hourly("q", 1)), NOW);

    allowed(ANN, charge(0, hourly("q", 1)), NOW);
  }

  @Test
  void window_redefinedAroundItsCountGoesOn() {
    allowed(ANN, charge(1, hourly("q", 1)), NOW);
    Windows days = now -> new Window(NOW / SECOND - HOUR, NOW / SECOND + 23 * HOUR);
    Charge redefined = charge(1, new WindowLimit("q", 1, 1, days, Scope.CUSTOMER, false));

    Standing standing = refused(ANN, redefined, NOW).standing();

    assertThat(standing.windowStart(0)).isEqualTo(NOW / SECOND - HOUR);
  }

  @Test
  void rate_clockThatStepsBackDoesNotRefillOrFreeze() {
    Charge charge = charge(1, perSecond("r", 10));
    for (int i = 0; i < 10; i++) {
      allowed(ANN, charge, NOW);
    }

    Refused refused = refused(ANN, charge, NOW - HOUR * SECOND);

    assertThat(refused.retryAfterNanos()).isEqualTo(SECOND / 10);
    allowed(ANN, charge, NOW - HOUR * SECOND + SECOND / 10);
  }

  @Test
  void settle_givesBackAndTakesEvenPastTheCeiling() {
    Charge charge = charge(5, hourly("q", 10));
    Allowed first = allowed(ANN, charge, NOW);
    limiter.settle(first, new long[] {2}, NOW);
    Allowed second = allowed(ANN, charge, NOW);
    assertThat(second.standing().remaining(0)).isEqualTo(3);

    limiter.settle(second, new long[] {Long.MAX_VALUE}, NOW);

    assertThat(limiter.peek(ANN, charge.limits(), NOW).remaining(0)).isZero();
    refused(ANN, charge(1, hourly("q", 10)), NOW);
  }

  @Test
  void settle_afterTheWindowChangesNothing() {
    Charge charge = charge(5, hourly("q", 10));
    Allowed old = allowed(ANN, charge, NOW);
    allowed(ANN, charge, NOW + HOUR * SECOND);

    limiter.settle(old, new long[] {0}, NOW + HOUR * SECOND);

    assertThat(limiter.peek(ANN, charge.limits(), NOW + HOUR * SECOND).remaining(0)).isEqualTo(5);
  }

  @Test
  void settle_doesNotGiveRateBack() {
    Charge charge = charge(1, perSecond("r", 1));

    limiter.settle(allowed(ANN, charge, NOW), new long[] {0}, NOW);

    refused(ANN, charge, NOW);
  }

  @Test
  void settle_endsTheHoldOnConcurrency() {
    Charge charge = charge(1, new ConcurrencyLimit("c", 1, Scope.CUSTOMER, false));
    Allowed call = allowed(ANN, charge, NOW);
    assertThat(refused(ANN, charge, NOW).retryAfterNanos()).isEqualTo(SECOND);

    limiter.settle(call, new long[] {1}, NOW);

    allowed(ANN, charge, NOW);
  }

  @Test
  void settle_countsForASubjectThatWasSwept() {
    Allowed call = allowed(ANN, charge(0, hourly("q", 10)), NOW);
    assertThat(limiter.sweep(NOW)).isEqualTo(1);

    limiter.settle(call, new long[] {7}, NOW);

    assertThat(limiter.peek(ANN, call.charge().limits(), NOW).remaining(0)).isEqualTo(3);
  }

  @Test
  void settle_ofWrongAmountsIsRefused() {
    Allowed call = allowed(ANN, charge(1, hourly("q", 10)), NOW);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> limiter.settle(call, new long[2], NOW))
        .withMessage("expected 1 amounts for 1 limits, got 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> limiter.settle(call, new long[] {-1}, NOW))
        .withMessage("amount must not be negative, got -1 (limit \"q\")");
  }

  @Test
  void change_ofNumbersKeepsUse() {
    allowed(ANN, charge(3, hourly("q", 5)), NOW);

    assertThat(allowed(ANN, charge(3, hourly("q", 8)), NOW).standing().remaining(0)).isEqualTo(2);
    refused(ANN, charge(1, hourly("q", 5)), NOW);
  }

  @Test
  void change_ofTierKeepsUseById() {
    Limit calls = new ConcurrencyLimit("c", 3, Scope.CUSTOMER, false);
    Allowed call = allowed(ANN, charge(3, calls, hourly("q", 5), perSecond("r", 9)), NOW);

    Charge other = charge(1, perSecond("new", 9), hourly("q", 9), perSecond("r", 9), calls);
    Standing moved = limiter.peek(ANN, other.limits(), NOW);
    assertThat(refused(ANN, other, NOW).violated()).isEqualTo(calls);
    assertThat(moved.remaining(0)).isEqualTo(9);
    assertThat(moved.remaining(1)).isEqualTo(6);
    assertThat(moved.remaining(2)).isEqualTo(6);

    limiter.settle(call, new long[] {3, 1, 3}, NOW);

    Standing settled = allowed(ANN, other, NOW).standing();
    assertThat(settled.remaining(1)).isEqualTo(7);
    assertThat(settled.remaining(3)).isEqualTo(2);
    assertThat(limiter.size()).isEqualTo(1);
  }

  @Test
  void before_isWhereWindowsBegin() {
    var restored = new InMemoryRateLimiter((subject, limit, window) -> subject.equals(ANN) ? 4 : 0);
    Charge charge = charge(1, hourly("q", 5));

    assertThat(restored.peek(ANN, charge.limits(), NOW).remaining(0)).isEqualTo(1);
    assertThat(restored.acquire(ANN, charge, NOW)).isInstanceOf(Allowed.class);
    assertThat(restored.acquire(ANN, charge, NOW)).isInstanceOf(Refused.class);
  }

  @Test
  void forget_makesTheSubjectNew_andLeavesWhatOtherKeysUsed() {
    var restored = new InMemoryRateLimiter((subject, limit, window) -> 4);
    Charge charge = charge(1, hourly("q", 9), perSecond("all", 5), perSecond("each", 2).perKey());
    restored.acquire(ANN, charge, NOW);
    restored.acquire(ANN_2, charge, NOW);
    restored.acquire(ANN_2, charge, NOW);

    restored.forget(ANN);

    Standing ann = restored.peek(ANN, charge.limits(), NOW);
    assertThat(ann.used(0)).isEqualTo(4);
    assertThat(ann.remaining(1)).isEqualTo(5);
    assertThat(ann.remaining(2)).isEqualTo(2);
    assertThat(restored.peek(ANN_2, charge.limits(), NOW).remaining(2)).isZero();
  }

  @Test
  void noLimits_allow() {
    allowed(ANN, charge(1), NOW);

    assertThat(limiter.size()).isZero();
  }

  @Test
  void strict_neverSeesMoreInAnyPeriod() {
    RateLimit strict = perSecond("r", 7).asStrict().withBurst(3);
    Charge charge = charge(1, strict);
    java.util.ArrayDeque<Long> inPeriod = new java.util.ArrayDeque<>();
    for (long now = NOW; now < NOW + 20 * SECOND; now += SECOND / 1_000) {
      while (limiter.acquire(ANN, charge, now) instanceof Allowed) {
        inPeriod.add(now);
      }
      while (!inPeriod.isEmpty() && inPeriod.peek() <= now - SECOND) {
        inPeriod.remove();
      }
      assertThat(inPeriod).hasSizeLessThanOrEqualTo(7);
    }
  }
}
