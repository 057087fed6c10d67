// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static dev.monetize.redis.TestLimits.SECOND;

import dev.monetize.limit.Decision;
import dev.monetize.limit.Decision.Allowed;
import dev.monetize.limit.Subject;
import java.util.Map;
import java.util.Random;

/**
 * One history of limits that some instances share: calls, their ends, background work, and {@link
 * HistoryFaults}, all drawn by a seed, and held to {@link HistoryBounds} step by step.
 */
final class History {

  private static final long MILLI = 1_000_000;

  private final long seed;
  private final Random random;
  private final Subject ann = new Subject("ann", "k");
  private final HistorySetting setting;
  private final HistoryWorld world;
  private final ModelRedis redis;
  private final HistoryBounds bounds;
  private final HistoryFaults faults;
  private long allowed;
  private long leased;
  private long alone;

  History(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
    this.setting = new HistorySetting(random);
    this.world = new HistoryWorld(setting, random);
    this.redis = world.redis;
    this.bounds = new HistoryBounds(world);
    this.faults = new HistoryFaults(world, bounds);
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      world.nodes().add(new HistoryNode(world, bounds));
    }
  }

  void run() {
    int steps = 15 + random.nextInt(40);
    for (int i = 0; i < steps; i++) {
      world.tick(pause());
      faults.step();
      HistoryNode node = world.anyNode();
      for (int calls = random.nextInt(16); calls > 0; calls--) {
        world.tick(random.nextLong(MILLI));
        call(node);
      }
      if (random.nextBoolean()) {
        HistoryNode other = world.anyNode();
        other.endSome();
        other.work();
        bounds.note();
      }
    }
    end();
  }

  private long pause() {
    return switch (random.nextInt(20)) {
      case 0 -> random.nextLong(3 * SECOND);
      case 1, 2 -> 200 * MILLI;
      default -> random.nextLong(20 * MILLI);
    };
  }

  private void call(HistoryNode node) {
    long before = redis.asked();
    long answered = redis.answered();
    long wereLost = redis.lost();
    boolean calls = setting.isOf(HistorySetting.Kind.CALLS);
    long counts = calls ? node.counted() : 0;
    Decision decision = node.limiter.acquire(ann, setting.charge, node.now());
    if (redis.asked() != before) {
      bounds.note();
    }
    if (calls && redis.lost() != wereLost && node.counted() <= counts) {
      node.endsInVain();
    }
    if (decision instanceof Allowed call) {
      boolean byNode = setting.isOf(HistorySetting.Kind.ALONE) && redis.answered() == answered;
      allowed++;
      leased += redis.asked() == before && !byNode ? 1 : 0;
      alone += byNode ? 1 : 0;
      allowed(node, call, byNode);
    }
  }

  private void allowed(HistoryNode node, Allowed call, boolean byNode) {
    boolean calls = setting.isOf(HistorySetting.Kind.CALLS);
    long units = setting.cost;
    if (calls || setting.isOf(HistorySetting.Kind.ALONE)) {
      node.began(call, byNode);
    } else if (setting.cost > 1 && random.nextInt(4) == 0) {
      units = random.nextInt(setting.cost);
      node.limiter.settle(call, new long[] {1, units}, node.now());
    }
    long window = call.windowStart(1);
    bounds.admitted(window, units);
    if (byNode) {
      judge(node.tally().admitted(setting.cost, world.passed()));
    } else if (!setting.isOf(HistorySetting.Kind.ALONE)) {
      judge(bounds.ofQuota(window));
    }
    judge(bounds.ofRate(byNode));
    judge(calls ? bounds.ofCalls() : "");
  }

  private void judge(String wrong) {
    if (!wrong.isEmpty()) {
      throw new AssertionError(
          "seed %d: %s, %s %s".formatted(seed, wrong, setting.kind, faults.events()));
    }
  }

  /** The server is there, and is told of everything. */
  private void end() {
    redis.away(false);
    redis.next(ModelRedis.Next.ANSWERED);
    world.nodes().forEach(this::end);
    bounds.note();
    judge(faults.keptWindows() ? bounds.ofCount(faults.lostNothing()) : "");
    if (setting.isOf(HistorySetting.Kind.CALLS)) {
      judgeNoneIsLeft();
    }
  }

  private void end(HistoryNode node) {
    node.endAll();
    boolean owes = setting.isOf(HistorySetting.Kind.ALONE) && node.tally().owes(world.passed());
    long forces = redis.forces();
    for (int i = 0; i < 6 && (i == 0 || node.isDue()); i++) {
      world.tick(i == 0 ? 0 : SECOND); // probed once a second; leases are over after two
      owes &= i == 0 || node.tally().owes(world.passed());
      node.work();
    }
    judge(node.isDue() ? "something is owed still" : "");
    judge(owes && redis.forces() == forces ? "what was taken alone is not charged" : "");
    node.showLife();
    node.work();
  }

  private void judgeNoneIsLeft() {
    long held = world.nodes().stream().mapToLong(HistoryNode::counted).sum();
    judge(faults.keptCalls() && held > 0 ? held + " held by no call" : "");
    HistoryNode node = world.nodes().get(0);
    node.limiter.peek(ann, setting.limits, node.now()); // a clock that went back is seen
    world.tick((HistoryNode.SILENT_SECONDS + 1) * SECOND);
    long free = node.limiter.peek(ann, setting.limits, node.now()).remaining(2);
    judge(
        free == setting.most
            ? ""
            : "%d free of %d, and no call is under way".formatted(free, setting.most));
  }

  HistorySetting.Kind kind() {
    return setting.kind;
  }

  Map<HistoryFaults.Event, Integer> events() {
    return faults.events();
  }

  long allowed() {
    return allowed;
  }

  long leased() {
    return leased;
  }

  /** Calls that an instance admitted by itself. */
  long alone() {
    return alone;
  }

  boolean quotaUsedUp() {
    return bounds.quotaUsedUp();
  }

  boolean permitsUsedUp() {
    return bounds.permitsUsedUp();
  }
}
