// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.limit.Charge;
import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Decision;
import dev.monetize.limit.Decision.Allowed;
import dev.monetize.limit.Decision.Refused;
import dev.monetize.limit.Limit;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.RateLimiter;
import dev.monetize.limit.Scope;
import dev.monetize.limit.Standing;
import dev.monetize.limit.Subject;
import dev.monetize.limit.Window;
import dev.monetize.limit.WindowLimit;
import dev.monetize.limit.Windows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link RateLimiter} must do. Extend it and say how to make one:
 *
 * <pre>{@code
 * class MyRateLimiterTest extends RateLimiterContract {
 *   @Override
 *   protected RateLimiter limiter() {
 *     return new MyRateLimiter();
 *   }
 * }
 * }</pre>
 *
 * <p>All times lie in January 2027; a limiter that reads a clock of its own must be given one that
 * shows the {@code now} of the calls.
 */
public abstract class RateLimiterContract {

  private static final long SECOND = 1_000_000_000L;
  private static final long HOUR = 3_600 * SECOND;

  /** The moment of most calls, at the start of an hour: nanoseconds since the epoch. */
  protected static final long NOW = 1_800_000_000L * SECOND;

  private static final Windows HOURS =
      now -> {
        long start = Math.floorDiv(now, HOUR) * 3_600;
        return new Window(start, start + 3_600);
      };

  private final Subject ann = new Subject("contract-ann", "key-1");
  private final Subject annsOtherKey = new Subject("contract-ann", "key-2");
  private final Subject bob = new Subject("contract-bob", "key-3");
  private RateLimiter limiter;

  /** Makes the contract's instance; called before each test. */
  protected RateLimiterContract() {}

  /** A limiter to which every subject is new. Closed after the test. */
  protected abstract RateLimiter limiter();

  @BeforeEach
  final void begin() {
    limiter = limiter();
  }

  @AfterEach
  final void end() {
    limiter.close();
  }

  private static RateLimit rate(String id, long permits) {
    return RateLimit.of(id, permits, Duration.ofSeconds(1));
  }

  private static WindowLimit hourly(String id, long included) {
    return new WindowLimit(id, included, included, HOURS, Scope.CUSTOMER, false);
  }

  private static ConcurrencyLimit calls(int max) {
    return new ConcurrencyLimit("calls", max, Scope.CUSTOMER, false);
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

  private void settle(Allowed call, long actual, long now) {
    long[] amounts = new long[call.charge().limits().size()];
    Arrays.fill(amounts, actual);
    limiter.settle(call, amounts, now);
  }

  @Test
  void rate_admitsItsBurstAndNotOneMore() {
    Charge charge = charge(1, rate("r", 5));
    for (int left = 4; left >= 0; left--) {
      assertThat(allowed(ann, charge, NOW).standing().remaining(0)).isEqualTo(left);
    }

    assertThat(refused(ann, charge, NOW).limit()).isZero();
  }

  @Test
  void rate_admitsWhoWaitedAsTold() {
    Charge charge = charge(1, rate("r", 7));
    long now = NOW;
    for (int i = 0; i < 50; i++) {
      if (limiter.acquire(ann, charge, now) instanceof Refused refused) {
        assertThat(refused.retryAfterNanos()).isBetween(1L, SECOND / 7 + SECOND / 500);
        now += refused.retryAfterNanos();
        allowed(ann, charge, now);
      }
    }
  }

  @Test
  void rate_takesCostsAtOnce() {
    allowed(ann, charge(4, rate("r", 5)), NOW);

    refused(ann, charge(2, rate("r", 5)), NOW);
    allowed(ann, charge(1, rate("r", 5)), NOW);
  }

  @Test
  void rate_doesNotRefillWhenTheClockStepsBack() {
    Charge charge = charge(5, rate("r", 5));
    allowed(ann, charge, NOW);

    refused(ann, charge, NOW - HOUR);
  }

  @Test
  void strict_spacesEvenly() {
    Charge charge = charge(1, rate("r", 4).asStrict());
    allowed(ann, charge, NOW);

    refused(ann, charge, NOW + SECOND / 4 - 1_000_000);
    allowed(ann, charge, NOW + SECOND / 4);
  }

  @Test
  void window_admitsItsUnitsUntilItsEnd() {
    Charge charge = charge(3, hourly("q", 7));
    allowed(ann, charge, NOW);
    Standing standing = allowed(ann, charge, NOW + SECOND).standing();
    assertThat(standing.remaining(0)).isEqualTo(1);
    assertThat(standing.windowStart(0)).isEqualTo(NOW / SECOND);

    Refused refused = refused(ann, charge, NOW + SECOND);

    assertThat(refused.retryAfterNanos()).isEqualTo(HOUR - SECOND);
    allowed(ann, charge, NOW + HOUR);
  }

  @Test
  void window_tellsWhatWasUsedPastIt_andWhichCallCrossedAShare() {
    Charge charge =
        charge(3, new WindowLimit("q", 10, Long.MAX_VALUE, HOURS, Scope.CUSTOMER, false));
    List<Integer> crossed = new ArrayList<>();
    for (int call = 1; call <= 5; call++) {
      Allowed allowed = allowed(ann, charge, NOW);
      assertThat(allowed.used(0)).isEqualTo(3L * call);
      assertThat(allowed.remaining(0)).isEqualTo(Math.max(0, 10 - 3L * call));
      for (int percent : new int[] {80, 100, 120}) {
        if (allowed.crosses(0, percent)) {
          crossed.add(100 * call + percent);
        }
      }
    }
    assertThat(crossed)
        .as("by the third call, and two by the fourth")
        .containsExactly(380, 500, 520);
  }

  @Test
  void window_isNotReopenedWhenTheClockStepsBack() {
    Charge charge = charge(1, hourly("q", 1));
    allowed(ann, charge, NOW);

    refused(ann, charge, NOW - SECOND);
  }

  @Test
  void concurrency_isHeldUntilSettled() {
    Charge charge = charge(1, calls(2));
    Allowed first = allowed(ann, charge, NOW);
    allowed(ann, charge, NOW);
    refused(ann, charge, NOW);

    settle(first, 1, NOW);

    allowed(ann, charge, NOW);
    refused(ann, charge, NOW);
  }

  @Test
  void refusal_chargesNothingAnywhere() {
    Charge charge = charge(1, rate("r", 10), hourly("q", 1), calls(5));
    allowed(ann, charge, NOW);

    for (int i = 0; i < 20; i++) {
      Refused refused = refused(ann, charge, NOW);
      assertThat(refused.violated().id()).isEqualTo("q");
      assertThat(refused.standing().remaining(0)).isEqualTo(9);
      assertThat(refused.standing().remaining(2)).isEqualTo(4);
    }
  }

  @Test
  void customers_doNotShare() {
    Charge charge = charge(1, rate("r", 1));
    allowed(ann, charge, NOW);

    allowed(bob, charge, NOW);
    refused(annsOtherKey, charge, NOW);
  }

  @Test
  void keys_shareOnlyTheCustomersLimits() {
    Charge charge = charge(1, rate("all", 3), rate("each", 2).perKey());
    allowed(ann, charge, NOW);
    allowed(ann, charge, NOW);
    assertThat(refused(ann, charge, NOW).violated().id()).isEqualTo("each");

    allowed(annsOtherKey, charge, NOW);
    assertThat(refused(annsOtherKey, charge, NOW).violated().id()).isEqualTo("all");
  }

  @Test
  void shadow_reportsOnly() {
    Charge charge = charge(1, rate("r", 1).inShadow(), hourly("q", 10));
    assertThat(allowed(ann, charge, NOW).shadowed()).isZero();

    assertThat(allowed(ann, charge, NOW).shadowed()).isEqualTo(0b01);
  }

  @Test
  void throttle_holdsOnlyPastItsQuota() {
    var quota = new WindowLimit("q", 2, Long.MAX_VALUE, HOURS, Scope.CUSTOMER, false);
    Charge charge = charge(1, quota, rate("slow", 1).onlyPast("q"));
    allowed(ann, charge, NOW);
    allowed(ann, charge, NOW);
    allowed(ann, charge, NOW);

    assertThat(refused(ann, charge, NOW).violated().id()).isEqualTo("slow");
    allowed(ann, charge, NOW + SECOND);
  }

  @Test
  void settle_givesBackWhatWasNotUsed() {
    Charge charge = charge(5, hourly("q", 5));

    settle(allowed(ann, charge, NOW), 2, NOW);

    assertThat(limiter.peek(ann, charge.limits(), NOW).remaining(0)).isEqualTo(3);
  }

  @Test
  void settle_takesWhatWasUsedBeyond() {
    Charge charge = charge(1, hourly("q", 5));

    settle(allowed(ann, charge, NOW), 50, NOW);

    refused(ann, charge, NOW);
  }

  @Test
  void settle_isForTheWindowOfTheCall() {
    Charge charge = charge(5, hourly("q", 5));
    Allowed old = allowed(ann, charge, NOW);
    allowed(ann, charge, NOW + HOUR);

    settle(old, 0, NOW + HOUR);

    refused(ann, charge, NOW + HOUR);
  }

  @Test
  void settle_keepsRate() {
    Charge charge = charge(1, rate("r", 1));

    settle(allowed(ann, charge, NOW), 0, NOW);

    refused(ann, charge, NOW);
  }

  @Test
  void change_ofLimitsKeepsUseById() {
    allowed(ann, charge(3, hourly("q", 5), rate("r", 5)), NOW);

    Charge other = charge(2, rate("new", 9), rate("r", 5), hourly("q", 6));
    Standing standing = allowed(ann, other, NOW).standing();

    assertThat(standing.remaining(0)).isEqualTo(7);
    assertThat(standing.remaining(1)).isZero();
    assertThat(standing.remaining(2)).isEqualTo(1);
  }

  @Test
  void peek_chargesNothing() {
    Charge charge = charge(1, rate("r", 3), hourly("q", 3), calls(3));
    allowed(ann, charge, NOW);

    for (int i = 0; i < 5; i++) {
      Standing standing = limiter.peek(ann, charge.limits(), NOW);
      assertThat(standing.remaining(0)).isEqualTo(2);
      assertThat(standing.remaining(1)).isEqualTo(2);
      assertThat(standing.remaining(2)).isEqualTo(2);
    }
  }
}
