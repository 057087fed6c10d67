// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static dev.monetize.redis.TestLimits.HOUR;
import static dev.monetize.redis.TestLimits.NOW;
import static dev.monetize.redis.TestLimits.SECOND;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Where a {@link History} takes place: the server, its clock, and the instances that share it. */
final class HistoryWorld {

  final HistorySetting setting;
  final Random random;
  final ModelRedis redis = new ModelRedis();

  private final List<HistoryNode> nodes = new ArrayList<>();
  private long passed;
  private long jumped;

  HistoryWorld(HistorySetting setting, Random random) {
    this.setting = setting;
    this.random = random;
    redis.begin(setting.limits);
    tick(begin());
  }

  /** Mostly with a window; where windows are not to end, in the middle of one. */
  private long begin() {
    if (setting.inOneWindow()) {
      return HOUR / 2 * SECOND;
    }
    return random.nextInt(20) == 0 ? HOUR * SECOND - random.nextLong(SECOND) : 0;
  }

  List<HistoryNode> nodes() {
    return nodes;
  }

  HistoryNode anyNode() {
    return nodes.get(random.nextInt(nodes.size()));
  }

  /** Time that has passed, whatever clocks show. */
  long passed() {
    return passed;
  }

  void tick(long nanos) {
    passed += nanos;
    redis.clock((NOW + passed + jumped) / 1_000);
    if (setting.isOf(HistorySetting.Kind.CALLS)) {
      nodes.forEach(HistoryNode::lookWhetherOutdated);
    }
  }

  /** The server's clock jumps. */
  void jump(long nanos) {
    jumped += nanos;
    tick(0);
  }

  /** What the server's clock shows. */
  long serverSecond() {
    return (NOW + passed + jumped) / SECOND;
  }

  /** The server goes on with what a replica had. */
  void failOver(ScriptModel replica) {
    long[] before = nodes.stream().mapToLong(HistoryNode::counted).toArray();
    redis.become(replica.copy());
    for (int i = 0; i < before.length; i++) {
      nodes.get(i).lostSince(before[i]);
    }
  }
}
