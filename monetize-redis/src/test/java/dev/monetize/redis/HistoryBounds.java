// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static dev.monetize.redis.TestLimits.HOUR;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a {@link History} must hold to; each judgement says what is wrong, and is empty if nothing
 * is.
 *
 * <p>A quota: in each window what was admitted and not given back is at most what is included, and
 * what was lost of that window's count: by failovers, and by a clock that went past its end by more
 * than a minute before it came back. Of a window that a failover lost as a whole, what a ledger
 * knows is not lost. In the end the count is what was admitted, exactly, unless something was lost;
 * also of what instances admitted alone.
 *
 * <p>A rate: any stretch of time sees at most the burst, what comes back meanwhile, what the
 * instances had taken ahead before it, what failovers lost, a burst for each jump of the server's
 * clock to the front, and what instances admitted alone and have not been charged for. Alone, each
 * holds to its share ({@link AloneTally}), and is charged for what has not come back.
 *
 * <p>Calls under way: those of living instances are at most what the limit says, and what the
 * server lost of them: by failovers, and by a clock that went past the time until which they are
 * believed; and one for each call of which nobody knows whether it was counted, and it was not,
 * until the next sign of life. In the end none is left.
 */
final class HistoryBounds {

  private final HistoryWorld world;
  private final HistorySetting setting;

  /** Of each window: admitted, and lost by failovers. */
  private final Map<Long, Long> admitted = new HashMap<>();

  private final Map<Long, Long> lost = new HashMap<>();

  /** What the server last knew of each window. */
  private final Map<Long, Long> counted = new HashMap<>();

  /** What a ledger of all instances knows. */
  private long ledger;

  private long permitsLost;
  private int mostUnderWay;

  /** The most by which a stretch of time that ends now exceeds what came back in it. */
  private double excess;

  private long excessAt;

  /** Admitted alone and not charged for, of the charges so far. */
  private long uncharged;

  private long charges;

  HistoryBounds(HistoryWorld world) {
    this.world = world;
    this.setting = world.setting;
    this.excessAt = world.passed();
  }

  long ledger() {
    return ledger;
  }

  /** A call was allowed, and used so many units. */
  void admitted(long window, long units) {
    ledger += units;
    admitted.merge(window, units, Long::sum);
  }

  /** A call used so many units more than it had taken. */
  void corrected(long window, long units) {
    admitted.merge(window, units, Long::sum);
  }

  /** What the server knows now; what it took for over, by more than a minute, it has forgotten. */
  void note() {
    long second = world.serverSecond();
    Map<Long, Long> known = world.redis.state().windows();
    counted.forEach(
        (window, units) -> {
          if (!known.containsKey(window) && window + HOUR + 60 <= second) {
            lost.merge(window, units, Long::sum);
          }
        });
    counted.keySet().removeIf(w -> !known.containsKey(w) && w + HOUR + 60 <= second);
    counted.putAll(known);
  }

  /** What a replica has not is lost. */
  void failsOver(ScriptModel replica) {
    Map<Long, Long> after = replica.windows();
    boolean restored = setting.isOf(HistorySetting.Kind.RESTORED);
    counted.forEach(
        (window, units) -> {
          long known = after.getOrDefault(window, restored ? ledger : 0L);
          lost.merge(window, Math.max(0, units - known), Long::sum);
        });
    counted.clear();
    counted.putAll(after);
    long micros = world.redis.state().arrival() - replica.arrival();
    if (micros > 0) {
      permitsLost +=
          Math.min(setting.rate.burst(), micros * 1_000 / setting.rate.intervalNanos() + 1);
    }
  }

  /** The server's clock jumped to the front: so much may have come back by it. */
  void jumpedForward() {
    permitsLost += setting.rate.burst();
  }

  String ofQuota(long window) {
    long bound = setting.included + lost.getOrDefault(window, 0L);
    long units = admitted.get(window);
    return units > bound ? "%d admitted in a window of at most %d".formatted(units, bound) : "";
  }

  /**
   * Of a permit that was taken now.
   *
   * @param byNode whether an instance admitted it alone
   */
  String ofRate(boolean byNode) {
    double interval = setting.rate.intervalNanos();
    excess = Math.max(0, excess - (world.passed() - excessAt) / interval) + 1;
    excessAt = world.passed();
    long ahead = setting.leases ? world.nodes().size() * world.redis.mostTaken() : 0;
    long charged = world.redis.forcedMicros() * 1_000 / setting.rate.intervalNanos();
    uncharged = Math.max(0, uncharged - (charged - charges)) + (byNode ? 1 : 0);
    charges = charged;
    long burst = setting.rate.burst();
    return excess > burst + ahead + permitsLost + uncharged + 1
        ? "%.1f more than came back, of at most %d + %d + %d + %d"
            .formatted(excess, burst, ahead, permitsLost, uncharged)
        : "";
  }

  String ofCalls() {
    List<HistoryNode> nodes = world.nodes();
    int all = nodes.stream().mapToInt(HistoryNode::underWay).sum();
    long bound = setting.most + nodes.stream().mapToLong(HistoryNode::mayExceed).sum();
    mostUnderWay = Math.max(mostUnderWay, all);
    return all > bound ? "%d under way, of at most %d".formatted(all, bound) : "";
  }

  /**
   * In the end what the server has counted is what was admitted.
   *
   * @param exact whether nothing befell by which anything is lost
   */
  String ofCount(boolean exact) {
    if (admitted.isEmpty()) {
      return "";
    }
    long window = admitted.keySet().stream().max(Long::compare).orElseThrow();
    Map<Long, Long> known = world.redis.state().windows();
    if (world.redis.latestWindow() > window) {
      return ""; // begun by a call whose answer was lost, or by what was taken ahead and came back
    }
    long units = admitted.get(window);
    long count = known.getOrDefault(window, 0L);
    if (exact && count != units) {
      return "%d counted, and %d admitted".formatted(count, units);
    }
    return !setting.isOf(HistorySetting.Kind.ALONE) && count < units
        ? "%d counted only, and %d admitted".formatted(count, units)
        : "";
  }

  boolean quotaUsedUp() {
    return admitted.values().stream().anyMatch(units -> units > setting.included - setting.cost);
  }

  boolean permitsUsedUp() {
    return mostUnderWay >= setting.most;
  }
}
