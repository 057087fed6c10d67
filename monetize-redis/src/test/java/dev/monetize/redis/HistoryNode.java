// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static dev.monetize.redis.TestLimits.NOW;
import static dev.monetize.redis.TestLimits.SECOND;

import dev.monetize.limit.Decision.Allowed;
import dev.monetize.limit.Limit;
import java.util.ArrayList;
import java.util.List;

/** An instance in a {@link History}, whose background work is done when the history says so. */
final class HistoryNode {

  static final int SILENT_SECONDS = 30;

  /** How many instances share the limits, as it is told. */
  private static final int INSTANCES = 4;

  final RedisRateLimiter limiter;

  private final HistoryWorld world;
  private final HistorySetting setting;
  private final HistoryBounds bounds;
  private final int number;
  private final List<Call> underWay = new ArrayList<>();
  private AloneTally tally;
  private Runnable flush = () -> {};
  private Runnable nowAndThen = () -> {};
  private boolean due;
  private long lived;
  private long skew;

  /** Permits that the server lost of it, and whether it takes them for outdated now. */
  private long lostPermits;

  private boolean outdated;

  /** Calls that the server did not count and was told the end of, as nobody knew. */
  private long endedInVain;

  HistoryNode(HistoryWorld world, HistoryBounds bounds) {
    this.world = world;
    this.setting = world.setting;
    this.bounds = bounds;
    this.number = world.random.nextInt();
    this.tally =
        new AloneTally(
            setting.share, setting.rate.burst(), setting.rate.intervalNanos(), setting.included);
    this.lived = world.passed();
    RedisRateLimiterBuilder builder =
        RedisRateLimiter.on(world.redis)
            .ticker(world::passed)
            .instance(new Instance(number, SILENT_SECONDS))
            .whenDown(this::whenDown)
            .background(this::background);
    if (setting.isOf(HistorySetting.Kind.RESTORED)) {
      builder = builder.restoredFrom((subject, limit, window) -> bounds.ledger());
    }
    this.limiter = (setting.leases ? builder.leases(INSTANCES) : builder).build();
  }

  private WhenDown whenDown(Limit limit) {
    return setting.isOf(HistorySetting.Kind.ALONE)
        ? new WhenDown.Local(setting.share)
        : new WhenDown.Closed();
  }

  private Background background(Runnable soon, Runnable sometimes) {
    flush = soon;
    nowAndThen = sometimes;
    return new Background() {
      @Override
      public void soon() {
        due = true;
      }

      @Override
      public void close() {}
    };
  }

  /** What its clock shows. */
  long now() {
    return NOW + world.passed() + skew;
  }

  /** Its clock is off, against the server's. */
  void skew(long nanos) {
    skew = nanos;
    tally = tally.anew(); // by its own clock more may have come back
  }

  void work() {
    if (due) {
      due = false;
      long forces = world.redis.forces();
      flush.run();
      if (world.redis.forces() != forces || tally.isWhole(world.passed())) {
        tally = tally.anew();
      }
    }
    if (!due && underWay.isEmpty()) {
      lostPermits = 0;
    }
    if (world.passed() - lived >= 10 * SECOND) {
      lived = world.passed();
      showLife();
    }
  }

  /** Whether it has something to do. */
  boolean isDue() {
    return due;
  }

  /** What is in doubt is told. */
  void showLife() {
    long answered = world.redis.answered();
    nowAndThen.run();
    endedInVain = world.redis.answered() == answered ? endedInVain : 0;
  }

  /** What it admits alone. */
  AloneTally tally() {
    return tally;
  }

  /** A call that was allowed is under way. */
  void began(Allowed allowed, boolean byNode) {
    underWay.add(new Call(allowed, byNode));
  }

  int underWay() {
    return underWay.size();
  }

  void endSome() {
    for (int i = underWay.size() - 1; i >= 0; i--) {
      if (world.random.nextBoolean()) {
        underWay.remove(i).end();
      }
    }
  }

  void endAll() {
    while (!underWay.isEmpty()) {
      underWay.remove(0).end();
    }
  }

  /** A call's end was told, or will be, and the server has not counted it. */
  void endsInVain() {
    endedInVain++;
  }

  /** How many calls more than it should have it may have under way. */
  long mayExceed() {
    return lostPermits + endedInVain;
  }

  /** How many of its calls the server counts. */
  long counted() {
    long[] held = world.redis.state().calls().get(number);
    return held == null || held[1] < world.serverSecond() ? 0 : held[0];
  }

  /** The server counted so many before. */
  void lostSince(long before) {
    lostPermits += Math.max(0, before - counted());
  }

  void lookWhetherOutdated() {
    long[] held = world.redis.state().calls().get(number);
    boolean is = held != null && held[1] < world.serverSecond();
    if (is && !outdated) {
      lostPermits += held[0];
    }
    outdated = is;
  }

  /** A call that is under way. */
  private final class Call {

    private final Allowed allowed;
    private final AloneTally then = tally;
    private final boolean byNode;

    Call(Allowed allowed, boolean byNode) {
      this.allowed = allowed;
      this.byNode = byNode;
    }

    void end() {
      int cost = setting.cost;
      boolean alone = setting.isOf(HistorySetting.Kind.ALONE);
      long units = alone ? world.random.nextInt(2 * cost + 1) : cost;
      long[] actual = new long[setting.limits.size()];
      actual[0] = 1;
      actual[1] = units;
      limiter.settle(allowed, actual, now());
      bounds.corrected(allowed.windowStart(1), units - cost);
      if (byNode && then == tally) {
        tally.ended(cost, units);
      }
    }
  }
}
