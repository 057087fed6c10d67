// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static dev.monetize.redis.TestLimits.HOUR;
import static dev.monetize.redis.TestLimits.SECOND;

import java.util.EnumMap;
import java.util.Map;
import java.util.Random;

/** What befalls the server and the instances of a {@link History}. */
final class HistoryFaults {

  /** What befalls. */
  enum Event {
    KILL,
    FAILOVER,
    JUMP_FORWARD,
    JUMP_BACK,
    CLOCK_OFF,
    NO_SCRIPT,
    NOT_REACHED,
    AWAY,
    QUESTION_LOST,
    ANSWER_LOST
  }

  private final HistoryWorld world;
  private final HistoryBounds bounds;
  private final Random random;
  private final Map<Event, Integer> events = new EnumMap<>(Event.class);
  private ScriptModel replica = new ScriptModel();
  private int away;
  private boolean windowsJumped;

  HistoryFaults(HistoryWorld world, HistoryBounds bounds) {
    this.world = world;
    this.bounds = bounds;
    this.random = world.random;
  }

  /** Maybe something befalls, or ends. */
  void step() {
    if (random.nextInt(6) == 0) {
      befall(Event.values()[random.nextInt(Event.values().length)]);
    }
    if (away > 0 && --away == 0) {
      world.redis.away(false);
      world.tick(random.nextLong(2 * SECOND));
    }
    if (random.nextInt(8) == 0) {
      replica = world.redis.state().copy();
    }
  }

  private static boolean loses(Event event) {
    return switch (event) {
      case KILL, FAILOVER, QUESTION_LOST, ANSWER_LOST -> true;
      case JUMP_FORWARD, JUMP_BACK, CLOCK_OFF, NO_SCRIPT, NOT_REACHED, AWAY -> false;
    };
  }

  private void befall(Event any) {
    Event event = world.setting.gentle && loses(any) ? Event.AWAY : any;
    events.merge(event, 1, Integer::sum);
    switch (event) {
      case KILL -> kill();
      case FAILOVER -> {
        bounds.failsOver(replica);
        world.failOver(replica);
      }
      case JUMP_FORWARD -> {
        jump(1);
        bounds.jumpedForward();
      }
      case JUMP_BACK -> jump(-1);
      case CLOCK_OFF -> clockOff(world.anyNode());
      case NO_SCRIPT -> world.redis.forgetScript();
      case NOT_REACHED -> world.redis.next(ModelRedis.Next.NOT_REACHED);
      case AWAY -> {
        away = 1 + random.nextInt(5);
        world.redis.away(true);
      }
      case QUESTION_LOST -> world.redis.next(ModelRedis.Next.QUESTION_LOST);
      case ANSWER_LOST -> world.redis.next(ModelRedis.Next.ANSWER_LOST);
    }
  }

  private void kill() {
    int one = random.nextInt(world.nodes().size());
    world.nodes().set(one, new HistoryNode(world, bounds));
  }

  private void jump(int sign) {
    boolean far = !world.setting.inOneWindow() && random.nextInt(3) == 0;
    windowsJumped |= far;
    world.jump(sign * (far ? HOUR * SECOND : random.nextLong(10 * SECOND)));
  }

  private void clockOff(HistoryNode node) {
    long by = world.setting.inOneWindow() ? 10 : random.nextInt(4) == 0 ? 3 * HOUR : 90;
    node.skew(random.nextLong(-by * SECOND, by * SECOND));
  }

  /** Whether nothing befell by which anything is lost. */
  boolean lostNothing() {
    return events.keySet().stream().noneMatch(HistoryFaults::loses);
  }

  /** Whether no window's count is lost as a whole. */
  boolean keptWindows() {
    return keptCalls() && !windowsJumped;
  }

  /** Whether no count of calls under way is one of before. */
  boolean keptCalls() {
    return !events.containsKey(Event.FAILOVER);
  }

  Map<Event, Integer> events() {
    return events;
  }
}
