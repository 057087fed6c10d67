// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static dev.monetize.redis.TestLimits.HOUR;
import static dev.monetize.redis.TestLimits.NOW;
import static dev.monetize.redis.TestLimits.SECOND;
import static dev.monetize.redis.TestLimits.hourly;

import dev.monetize.limit.Charge;
import dev.monetize.limit.Decision;
import dev.monetize.limit.Decision.Allowed;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Subject;
import dev.monetize.limit.WindowLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One history of a rate and a quota that some instances share, judged step by step.
 *
 * <p>A quota: in each window what was admitted and not given back is at most what is included, and
 * what was lost of that window's count: by failovers, and by a clock that went past its end by more
 * than a minute before it came back. A rate: any stretch of time sees at most the burst, what comes
 * back meanwhile, what the instances had taken ahead before it, what failovers lost, and a burst
 * for each jump of the server's clock to the front.
 */
final class History {

  /** What befalls. */
  enum Event {
    KILL,
    FAILOVER,
    JUMP_FORWARD,
    JUMP_BACK,
    NO_SCRIPT,
    NOT_REACHED,
    ANSWER_LOST
  }

  private static final long MILLI = 1_000_000;

  private final long seed;
  private final Random random;
  private final Subject ann = new Subject("ann", "k");
  private final ModelRedis redis = new ModelRedis();
  private final List<Node> nodes = new ArrayList<>();
  private final Map<Event, Integer> events = new EnumMap<>(Event.class);

  private final boolean leases;
  private final long included;
  private final long permits;
  private final RateLimit rate;
  private final Charge charge;
  private final int cost;

  private long passed;
  private long jumped;
  private ScriptModel snapshot = new ScriptModel();

  /** Of each window: admitted, and lost by failovers. */
  private final Map<Long, Long> admitted = new HashMap<>();

  private final Map<Long, Long> lost = new HashMap<>();

  /** What the server last knew of each window. */
  private final Map<Long, Long> counted = new HashMap<>();

  private long permitsLost;
  private long allowed;
  private long leased;

  /** The most by which a stretch of time that ends now exceeds what came back in it. */
  private double excess;

  private long excessAt;

  /** An instance, whose background work is done when the history says so. */
  private final class Node {

    private final RedisRateLimiter limiter;
    private Runnable flush = () -> {};
    private boolean due;

    Node(int instances) {
      RedisRateLimiterBuilder builder =
          RedisRateLimiter.on(redis)
              .ticker(() -> passed)
              .instance(new Instance(random.nextInt(), 30))
              .whenDown(limit -> new WhenDown.Closed())
              .background(this::background);
      limiter = (leases ? builder.leases(instances) : builder).build();
    }

    private Background background(Runnable soon, Runnable nowAndThen) {
      flush = soon;
      return new Background() {
        @Override
        public void soon() {
          due = true;
        }

        @Override
        public void close() {}
      };
    }

    void work() {
      if (due) {
        due = false;
        flush.run();
      }
    }
  }

  History(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
    this.leases = random.nextInt(5) > 0;
    this.included = 20L + random.nextInt(400);
    this.permits = 20L + random.nextInt(600);
    this.cost = random.nextInt(3) == 0 ? 1 + random.nextInt(5) : 1;
    this.rate = RateLimit.of("rate", permits, Duration.ofSeconds(1 + random.nextInt(3)));
    LimitSet limits = LimitSet.of(List.of(rate, hourly(included)));
    this.charge = Charge.of(limits, limit -> limit instanceof WindowLimit ? cost : 1);
    redis.begin(limits);
    passed = random.nextInt(20) == 0 ? HOUR * SECOND - random.nextLong(SECOND) : 0;
    excessAt = passed;
    tick(0);
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      nodes.add(new Node(4));
    }
  }

  void run() {
    int steps = 15 + random.nextInt(40);
    for (int i = 0; i < steps; i++) {
      tick(pause());
      if (random.nextInt(6) == 0) {
        befall(Event.values()[random.nextInt(Event.values().length)]);
      }
      if (random.nextInt(8) == 0) {
        snapshot = redis.state().copy();
      }
      Node node = nodes.get(random.nextInt(nodes.size()));
      for (int calls = random.nextInt(16); calls > 0; calls--) {
        tick(random.nextLong(MILLI));
        call(node);
      }
      if (random.nextBoolean()) {
        nodes.get(random.nextInt(nodes.size())).work();
        note();
      }
    }
  }

  private long pause() {
    return switch (random.nextInt(20)) {
      case 0 -> random.nextLong(3 * SECOND);
      case 1, 2 -> 200 * MILLI;
      default -> random.nextLong(20 * MILLI);
    };
  }

  private void tick(long nanos) {
    passed += nanos;
    redis.clock((NOW + passed + jumped) / 1_000);
  }

  private void befall(Event event) {
    events.merge(event, 1, Integer::sum);
    switch (event) {
      case KILL -> nodes.set(random.nextInt(nodes.size()), new Node(4));
      case FAILOVER -> failOver();
      case JUMP_FORWARD -> {
        long by = random.nextInt(3) == 0 ? HOUR * SECOND : random.nextLong(10 * SECOND);
        jumped += by;
        permitsLost += rate.burst(); // that much may have come back by it
        tick(0);
      }
      case JUMP_BACK -> {
        jumped -= random.nextInt(3) == 0 ? HOUR * SECOND : random.nextLong(10 * SECOND);
        tick(0);
      }
      case NO_SCRIPT -> redis.forgetScript();
      case NOT_REACHED -> redis.next(ModelRedis.Next.NOT_REACHED);
      case ANSWER_LOST -> redis.next(ModelRedis.Next.ANSWER_LOST);
    }
  }

  /** Goes on with what a replica had; what it had not is lost. */
  private void failOver() {
    Map<Long, Long> after = snapshot.windows();
    counted.forEach(
        (window, units) ->
            lost.merge(window, Math.max(0, units - after.getOrDefault(window, 0L)), Long::sum));
    counted.clear();
    counted.putAll(after);
    long micros = redis.state().arrival() - snapshot.arrival();
    if (micros > 0) {
      permitsLost += Math.min(rate.burst(), micros * 1_000 / rate.intervalNanos() + 1);
    }
    redis.become(snapshot.copy());
  }

  private void call(Node node) {
    long before = redis.asked();
    long now = NOW + passed;
    Decision decision = node.limiter.acquire(ann, charge, now);
    if (redis.asked() != before) {
      note();
    }
    if (!(decision instanceof Allowed call)) {
      return;
    }
    allowed++;
    leased += redis.asked() == before ? 1 : 0;
    long units = cost;
    if (cost > 1 && random.nextInt(4) == 0) {
      units = random.nextInt(cost);
      node.limiter.settle(call, new long[] {1, units}, now);
    }
    long window = call.windowStart(1);
    admitted.merge(window, units, Long::sum);
    judgeQuota(window);
    judgeRate();
  }

  /** What the server knows now; what it took for over, by more than a minute, it has forgotten. */
  private void note() {
    long second = (NOW + passed + jumped) / SECOND;
    Map<Long, Long> known = redis.state().windows();
    counted.forEach(
        (window, units) -> {
          if (!known.containsKey(window) && window + HOUR + 60 <= second) {
            lost.merge(window, units, Long::sum);
          }
        });
    counted.keySet().removeIf(w -> !known.containsKey(w) && w + HOUR + 60 <= second);
    counted.putAll(known);
  }

  private void judgeQuota(long window) {
    long most = included + lost.getOrDefault(window, 0L);
    if (admitted.get(window) > most) {
      throw new AssertionError(
          "seed %d: %d admitted in a window of at most %d, %s"
              .formatted(seed, admitted.get(window), most, events));
    }
  }

  private void judgeRate() {
    excess = Math.max(0, excess - (passed - excessAt) / (double) rate.intervalNanos()) + 1;
    excessAt = passed;
    long ahead = leases ? nodes.size() * redis.mostTaken() : 0;
    if (excess > rate.burst() + ahead + permitsLost + 1) {
      throw new AssertionError(
          "seed %d: %.1f more than came back, of at most %d + %d + %d, %s"
              .formatted(seed, excess, rate.burst(), ahead, permitsLost, events));
    }
  }

  Map<Event, Integer> events() {
    return events;
  }

  long allowed() {
    return allowed;
  }

  long leased() {
    return leased;
  }

  boolean quotaUsedUp() {
    return admitted.values().stream().anyMatch(units -> units > included - cost);
  }
}
