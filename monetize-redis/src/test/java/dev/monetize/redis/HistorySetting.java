// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static dev.monetize.redis.TestLimits.hourly;

import dev.monetize.limit.Charge;
import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Limit;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Scope;
import dev.monetize.limit.WindowLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What a {@link History} is of: the limits, and how they are held. */
final class HistorySetting {

  /** What is shared, and how. */
  enum Kind {
    /** A rate and a quota, with leases mostly. */
    SHARED,
    /** The same, and a ledger that knows what was used. */
    RESTORED,
    /** A rate, a quota and calls under way. */
    CALLS,
    /** A rate and a quota that each instance holds alone while the server is away. */
    ALONE
  }

  private static final Kind[] KINDS = {
    Kind.SHARED, Kind.SHARED, Kind.SHARED, Kind.RESTORED, Kind.CALLS, Kind.ALONE
  };

  final Kind kind;
  final boolean leases;

  /** Nothing befalls by which anything is lost. */
  final boolean gentle;

  final long included;
  final int most;
  final double share;
  final RateLimit rate;
  final LimitSet limits;
  final Charge charge;
  final int cost;

  HistorySetting(Random random) {
    this.kind = KINDS[random.nextInt(KINDS.length)];
    this.leases = (kind == Kind.SHARED || kind == Kind.RESTORED) && random.nextInt(5) > 0;
    this.gentle = random.nextInt(4) == 0;
    this.included = 20L + random.nextInt(400);
    long permits = 20L + random.nextInt(600);
    this.most = 1 + random.nextInt(12);
    this.share = 1.0 / (1 << random.nextInt(3));
    this.cost = random.nextInt(3) == 0 ? 1 + random.nextInt(5) : 1;
    this.rate = RateLimit.of("rate", permits, Duration.ofSeconds(1 + random.nextInt(3)));
    List<Limit> all = new ArrayList<>(List.of(rate, hourly(included)));
    if (kind == Kind.CALLS) {
      all.add(new ConcurrencyLimit("calls", most, Scope.CUSTOMER, false));
    }
    this.limits = LimitSet.of(all);
    this.charge = Charge.of(limits, limit -> limit instanceof WindowLimit ? cost : 1);
  }

  boolean isOf(Kind other) {
    return kind == other;
  }

  /** Whether windows are not to end. */
  boolean inOneWindow() {
    return kind == Kind.RESTORED || kind == Kind.ALONE;
  }
}
