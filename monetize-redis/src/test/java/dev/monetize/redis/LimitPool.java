// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Limit;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Scope;
import dev.monetize.limit.Window;
import dev.monetize.limit.WindowLimit;
import dev.monetize.limit.Windows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Sets of limits of the same names, with other numbers, in other orders, some left out. */
final class LimitPool {

  private static final long SECOND = 1_000_000_000L;

  private static final long[] PERIODS = {
    1_000, 7_777, 60_000, 3_600_000, 86_400_000, 2_592_000_000L
  };
  private static final long[] PERMITS = {1, 3, 7, 10, 100, 999, 1_000, 65_536, 999_983};

  private final Random random;

  LimitPool(Random random) {
    this.random = random;
  }

  LimitSet next() {
    List<Limit> limits = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      add(limits, rate("rate-" + i, null));
    }
    for (int i = 0; i < 2; i++) {
      if (random.nextInt(3) > 0) {
        Scope scope = scope();
        limits.add(window("quota-" + i, scope));
        if (random.nextInt(3) == 0) {
          RateLimit throttle = rate("throttle-" + i, "quota-" + i);
          limits.add(scope == Scope.KEY ? throttle.perKey() : throttle);
        }
      }
    }
    for (int i = 0; i < 2; i++) {
      add(limits, new ConcurrencyLimit("calls-" + i, 1 + random.nextInt(9), scope(), shadow()));
    }
    Collections.shuffle(limits, random);
    return LimitSet.of(limits);
  }

  private void add(List<Limit> limits, Limit limit) {
    if (random.nextBoolean()) {
      limits.add(limit);
    }
  }

  private RateLimit rate(String id, @Nullable String past) {
    RateLimit rate = null;
    while (rate == null) { // some are too fast, or not exact
      rate = tried(id, past);
    }
    return rate;
  }

  private @Nullable RateLimit tried(String id, @Nullable String past) {
    long permits = PERMITS[random.nextInt(PERMITS.length)];
    Duration period = Duration.ofMillis(PERIODS[random.nextInt(PERIODS.length)]);
    boolean strict = random.nextInt(4) == 0;
    long burst = 1 + random.nextLong(strict ? permits : 2 * permits);
    Scope scope = past == null ? scope() : Scope.CUSTOMER;
    try {
      return new RateLimit(id, permits, period, burst, strict, scope, shadow(), past);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private WindowLimit window(String id, Scope scope) {
    long included = random.nextInt(200);
    long ceiling =
        switch (random.nextInt(3)) {
          case 0 -> included;
          case 1 -> included + random.nextInt(100);
          default -> Long.MAX_VALUE;
        };
    return new WindowLimit(id, included, ceiling, windows(), scope, shadow());
  }

  /** Of the same length, from another beginning. */
  private Windows windows() {
    long seconds = random.nextBoolean() ? 60 : 3_600;
    long offset = random.nextInt(3) == 0 ? random.nextInt(60) : 0;
    return now -> {
      long start = Math.floorDiv(now / SECOND - offset, seconds) * seconds + offset;
      return new Window(start, start + seconds);
    };
  }

  private Scope scope() {
    return random.nextInt(3) == 0 ? Scope.KEY : Scope.CUSTOMER;
  }

  private boolean shadow() {
    return random.nextInt(6) == 0;
  }
}
