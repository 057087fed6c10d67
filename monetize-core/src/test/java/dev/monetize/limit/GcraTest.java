// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.limit.Gcra.Arrival;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GcraTest {

  private static final int STEPS = 2_000_000;
  private static final Duration[] PERIODS = {
    Duration.ofMillis(1),
    Duration.ofMillis(997),
    Duration.ofSeconds(1),
    Duration.ofMinutes(1),
    Duration.ofHours(1),
    Duration.ofDays(1),
    Duration.ofDays(30)
  };
  private static final long START = 1_800_000_000_000_000L;

  private final Random random = Seed.random(GcraTest.class);

  @Test
  void unit_isMicrosecondsWhereTheyFit() {
    Gcra gcra = Gcra.of(RateLimit.of("a", 7, Duration.ofSeconds(1)));

    assertThat(gcra).isEqualTo(new Gcra(1_000, 1_000_000, 7, 7));
  }

  @Test
  void unit_isMillisecondsElse() {
    Gcra gcra = Gcra.of(RateLimit.of("a", 999_983, Duration.ofDays(30)));

    assertThat(gcra).isEqualTo(new Gcra(1_000_000, 2_592_000_000L, 999_983, 999_983));
  }

  @Test
  void delay_isRoundedUpAndSuffices() {
    Gcra gcra = Gcra.of(RateLimit.of("a", 7, Duration.ofSeconds(1)));
    Arrival drained = gcra.after(Arrival.FRESH, 7, START);

    assertThat(gcra.delay(drained, 1, START)).isEqualTo(142_858);
    assertThat(gcra.delay(drained, 1, START + 142_857)).isEqualTo(1);
    assertThat(gcra.delay(drained, 1, START + 142_858)).isZero();
    assertThat(gcra.remaining(drained, START + 142_858)).isEqualTo(1);
  }

  @Test
  void at_healsAClockThatSteppedBack() {
    Gcra gcra = Gcra.of(RateLimit.of("a", 10, Duration.ofSeconds(1)));
    Arrival drained = gcra.after(Arrival.FRESH, 10, START);

    assertThat(gcra.at(drained, START - 3_600_000_000L))
        .isEqualTo(new Arrival(START - 3_599_000_000L, 0));
  }

  /** The same in rationals of any size, and in doubles as a Redis script computes. */
  @Test
  void steps_equalRationalsAndDoubles() {
    for (int done = 0; done < STEPS; done += 200) {
      Gcra gcra = generated();
      Rational rational = new Rational(gcra);
      Doubles doubles = new Doubles(gcra);
      Arrival arrival = Arrival.FRESH;
      long now = START / (gcra.unitNanos() / 1_000);
      for (int i = 0; i < 200; i++) {
        now += random.nextLong(2 * gcra.step() / gcra.parts() + 2) * random.nextInt(3);
        now -= random.nextInt(20) == 0 ? random.nextLong(3 * gcra.step() / gcra.parts() + 3) : 0;
        long cost = random.nextInt(3) == 0 ? random.nextLong(gcra.burst() + 1) : 1;
        long delay = gcra.delay(arrival, cost, now);
        if (delay != rational.delay(cost, now) || delay != (long) doubles.delay(cost, now)) {
          assertThat(delay).as(gcra + " at " + now).isEqualTo(rational.delay(cost, now));
          assertThat((long) doubles.delay(cost, now)).as(gcra + " at " + now).isEqualTo(delay);
        }
        if (delay == 0) {
          arrival = gcra.after(arrival, cost, now);
          rational.take(cost, now);
          doubles.take(cost, now);
          same(
              Double.doubleToRawLongBits((double) arrival.time()),
              Double.doubleToRawLongBits(doubles.time));
          same(
              Double.doubleToRawLongBits((double) arrival.part()),
              Double.doubleToRawLongBits(doubles.part));
        }
        same(gcra.remaining(arrival, now), rational.remaining(now));
      }
    }
  }

  private static void same(long actual, long expected) {
    if (actual != expected) {
      assertThat(actual).isEqualTo(expected);
    }
  }

  private Gcra generated() {
    while (true) {
      try {
        long permits = 1 + random.nextLong(2L << random.nextInt(24));
        long burst = 1 + random.nextLong(2 * permits);
        Duration period = PERIODS[random.nextInt(PERIODS.length)];
        return Gcra.of(RateLimit.of("a", permits, period).withBurst(burst));
      } catch (IllegalArgumentException refused) {
        // odd numbers that are no limit
      }
    }
  }

  /** The theoretical arrival time in {@code parts}-ths of a unit, without bounds. */
  private static final class Rational {

    private final BigInteger step;
    private final BigInteger parts;
    private final BigInteger burst;
    private BigInteger arrival = BigInteger.ZERO;

    Rational(Gcra gcra) {
      step = BigInteger.valueOf(gcra.step());
      parts = BigInteger.valueOf(gcra.parts());
      burst = BigInteger.valueOf(gcra.burst()).multiply(step);
    }

    private BigInteger parts(long now) {
      return BigInteger.valueOf(now).multiply(parts);
    }

    private BigInteger base(long now) {
      return arrival.max(parts(now)).min(parts(now).add(burst));
    }

    long delay(long cost, long now) {
      BigInteger over =
          base(now).add(step.multiply(BigInteger.valueOf(cost))).subtract(parts(now).add(burst));
      return over.signum() <= 0
          ? 0
          : over.add(parts).subtract(BigInteger.ONE).divide(parts).longValueExact();
    }

    void take(long cost, long now) {
      arrival = base(now).add(step.multiply(BigInteger.valueOf(cost)));
    }

    long remaining(long now) {
      return parts(now).add(burst).subtract(base(now)).divide(step).longValueExact();
    }
  }

  /** In doubles only, as Lua has no other numbers. */
  private static final class Doubles {

    private final double step;
    private final double parts;
    private final double wholeBurst;
    private final double partBurst;
    double time;
    double part;

    Doubles(Gcra gcra) {
      step = gcra.step();
      parts = gcra.parts();
      wholeBurst = Math.floor((double) gcra.burst() * step / parts);
      partBurst = (double) gcra.burst() * step % parts;
    }

    private void at(double now) {
      if (time < now) {
        time = now;
        part = 0;
      } else if (time - now - wholeBurst + (part > partBurst ? 1 : 0) > 0) {
        time = now + wholeBurst;
        part = partBurst;
      }
    }

    double delay(long cost, long now) {
      double savedTime = time;
      double savedPart = part;
      take(cost, now);
      double delay = Math.max(0, time - now - wholeBurst + (part > partBurst ? 1 : 0));
      time = savedTime;
      part = savedPart;
      return delay;
    }

    void take(long cost, long now) {
      at((double) now);
      double x = (double) cost * step + part;
      time += Math.floor(x / parts);
      part = x % parts;
    }
  }
}
