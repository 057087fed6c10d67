// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static dev.monetize.redis.TestLimits.HOUR;
import static dev.monetize.redis.TestLimits.NOW;
import static dev.monetize.redis.TestLimits.SECOND;
import static dev.monetize.redis.TestLimits.hourly;

import dev.monetize.limit.Charge;
import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Decision;
import dev.monetize.limit.Decision.Allowed;
import dev.monetize.limit.Limit;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Scope;
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
 * One history of limits that some instances share, judged step by step.
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
 * holds to its share, and is charged for what has not come back.
 *
 * <p>Calls under way: those of living instances are at most what the limit says, and what the
 * server lost of them: by failovers, and by a clock that went past the time until which they are
 * believed; and one for each call of which nobody knows whether it was counted, and it was not,
 * until the next sign of life. In the end none is left.
 */
final class History {

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

  private static final long MILLI = 1_000_000;
  private static final int SILENT_SECONDS = 30;

  private final long seed;
  private final Random random;
  private final Subject ann = new Subject("ann", "k");
  private final ModelRedis redis = new ModelRedis();
  private final List<Node> nodes = new ArrayList<>();
  private final Map<Event, Integer> events = new EnumMap<>(Event.class);

  private final Kind kind;
  private final boolean leases;

  /** Nothing befalls by which anything is lost. */
  private final boolean gentle;

  private final long included;
  private final long permits;
  private final int most;
  private final double share;
  private final RateLimit rate;
  private final LimitSet limits;
  private final Charge charge;
  private final int cost;

  private long passed;
  private long jumped;
  private int away;
  private ScriptModel snapshot = new ScriptModel();

  /** Of each window: admitted, and lost by failovers. */
  private final Map<Long, Long> admitted = new HashMap<>();

  private final Map<Long, Long> lost = new HashMap<>();

  /** What the server last knew of each window. */
  private final Map<Long, Long> counted = new HashMap<>();

  /** What a ledger of all instances knows. */
  private long ledger;

  private boolean windowsJumped;
  private long permitsLost;
  private long allowed;
  private long leased;
  private long alone;
  private int mostUnderWay;

  /** The most by which a stretch of time that ends now exceeds what came back in it. */
  private double excess;

  private long excessAt;

  /** Admitted alone and not charged for, of the charges so far. */
  private long uncharged;

  private long charges;

  /** An instance, whose background work is done when the history says so. */
  private final class Node {

    private final int number = random.nextInt();
    private final RedisRateLimiter limiter;
    private final List<Call> underWay = new ArrayList<>();
    private AloneTally tally = new AloneTally(share, rate.burst(), rate.intervalNanos(), included);
    private Runnable flush = () -> {};
    private Runnable nowAndThen = () -> {};
    private boolean due;
    private long lived = passed;
    private long skew;

    /** Permits that the server lost of it, and whether it takes them for outdated now. */
    private long lostPermits;

    private boolean outdated;

    /** Calls that the server did not count and was told the end of, as nobody knew. */
    private long endedInVain;

    Node(int instances) {
      RedisRateLimiterBuilder builder =
          RedisRateLimiter.on(redis)
              .ticker(() -> passed)
              .instance(new Instance(number, SILENT_SECONDS))
              .whenDown(this::whenDown)
              .background(this::background);
      if (kind == Kind.RESTORED) {
        builder = builder.restoredFrom((subject, limit, window) -> ledger);
      }
      limiter = (leases ? builder.leases(instances) : builder).build();
    }

    private WhenDown whenDown(Limit limit) {
      return kind == Kind.ALONE ? new WhenDown.Local(share) : new WhenDown.Closed();
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

    long now() {
      return NOW + passed + skew;
    }

    void work() {
      if (due) {
        due = false;
        long forces = redis.forces();
        flush.run();
        if (redis.forces() != forces || tally.isWhole(passed)) {
          tally = tally.anew();
        }
      }
      if (!due && underWay.isEmpty()) {
        lostPermits = 0;
      }
      if (passed - lived >= 10 * SECOND) {
        lived = passed;
        showLife();
      }
    }

    /** What is in doubt is told. */
    void showLife() {
      long answered = redis.answered();
      nowAndThen.run();
      endedInVain = redis.answered() == answered ? endedInVain : 0;
    }

    long mayExceed() {
      return lostPermits + endedInVain;
    }

    void endSome() {
      for (int i = underWay.size() - 1; i >= 0; i--) {
        if (random.nextBoolean()) {
          underWay.remove(i).end();
        }
      }
    }

    /** How many of its calls the server counts. */
    long counted() {
      long[] held = redis.state().calls().get(number);
      return held == null || held[1] < serverSecond() ? 0 : held[0];
    }

    void lookWhetherOutdated() {
      long[] held = redis.state().calls().get(number);
      boolean is = held != null && held[1] < serverSecond();
      if (is && !outdated) {
        lostPermits += held[0];
      }
      outdated = is;
    }
  }

  /** A call that is under way. */
  private final class Call {

    private final Node node;
    private final Allowed allowed;
    private final AloneTally tally;
    private final boolean byNode;

    Call(Node node, Allowed allowed, boolean byNode) {
      this.node = node;
      this.allowed = allowed;
      this.byNode = byNode;
      this.tally = node.tally;
    }

    void end() {
      long units = kind == Kind.ALONE ? random.nextInt(2 * cost + 1) : cost;
      long[] actual = new long[limits.size()];
      actual[0] = 1;
      actual[1] = units;
      node.limiter.settle(allowed, actual, node.now());
      admitted.merge(allowed.windowStart(1), units - cost, Long::sum);
      if (byNode && tally == node.tally) {
        tally.ended(cost, units);
      }
    }
  }

  History(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
    this.kind = KINDS[random.nextInt(KINDS.length)];
    this.leases = (kind == Kind.SHARED || kind == Kind.RESTORED) && random.nextInt(5) > 0;
    this.gentle = random.nextInt(4) == 0;
    this.included = 20L + random.nextInt(400);
    this.permits = 20L + random.nextInt(600);
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
    redis.begin(limits);
    passed = begin();
    excessAt = passed;
    tick(0);
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      nodes.add(new Node(4));
    }
  }

  /** Mostly with a window; where windows are not to end, in the middle of one. */
  private long begin() {
    if (inOneWindow()) {
      return HOUR / 2 * SECOND;
    }
    return random.nextInt(20) == 0 ? HOUR * SECOND - random.nextLong(SECOND) : 0;
  }

  private boolean inOneWindow() {
    return kind == Kind.RESTORED || kind == Kind.ALONE;
  }

  void run() {
    int steps = 15 + random.nextInt(40);
    for (int i = 0; i < steps; i++) {
      tick(pause());
      if (random.nextInt(6) == 0) {
        befall(Event.values()[random.nextInt(Event.values().length)]);
      }
      if (away > 0 && --away == 0) {
        redis.away(false);
        tick(random.nextLong(2 * SECOND));
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
        Node other = nodes.get(random.nextInt(nodes.size()));
        other.endSome();
        other.work();
        note();
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

  private void tick(long nanos) {
    passed += nanos;
    redis.clock((NOW + passed + jumped) / 1_000);
    if (kind == Kind.CALLS) {
      nodes.forEach(Node::lookWhetherOutdated);
    }
  }

  private long serverSecond() {
    return (NOW + passed + jumped) / SECOND;
  }

  private static boolean loses(Event event) {
    return switch (event) {
      case KILL, FAILOVER, QUESTION_LOST, ANSWER_LOST -> true;
      case JUMP_FORWARD, JUMP_BACK, CLOCK_OFF, NO_SCRIPT, NOT_REACHED, AWAY -> false;
    };
  }

  private void befall(Event any) {
    Event event = gentle && loses(any) ? Event.AWAY : any;
    events.merge(event, 1, Integer::sum);
    switch (event) {
      case KILL -> nodes.set(random.nextInt(nodes.size()), new Node(4));
      case FAILOVER -> failOver();
      case JUMP_FORWARD -> {
        jump(1);
        permitsLost += rate.burst(); // that much may have come back by it
      }
      case JUMP_BACK -> jump(-1);
      case CLOCK_OFF -> clockOff(nodes.get(random.nextInt(nodes.size())));
      case NO_SCRIPT -> redis.forgetScript();
      case NOT_REACHED -> redis.next(ModelRedis.Next.NOT_REACHED);
      case AWAY -> {
        away = 1 + random.nextInt(5);
        redis.away(true);
      }
      case QUESTION_LOST -> redis.next(ModelRedis.Next.QUESTION_LOST);
      case ANSWER_LOST -> redis.next(ModelRedis.Next.ANSWER_LOST);
    }
  }

  private void jump(int sign) {
    boolean far = !inOneWindow() && random.nextInt(3) == 0;
    windowsJumped |= far;
    jumped += sign * (far ? HOUR * SECOND : random.nextLong(10 * SECOND));
    tick(0);
  }

  /** Of an instance, against the server's. */
  private void clockOff(Node node) {
    long by = inOneWindow() ? 10 : random.nextInt(4) == 0 ? 3 * HOUR : 90;
    node.skew = random.nextLong(-by * SECOND, by * SECOND);
    node.tally = node.tally.anew(); // by its own clock more may have come back
  }

  /** Goes on with what a replica had; what it had not is lost. */
  private void failOver() {
    Map<Long, Long> after = snapshot.windows();
    counted.forEach(
        (window, units) -> {
          long known = after.getOrDefault(window, kind == Kind.RESTORED ? ledger : 0L);
          lost.merge(window, Math.max(0, units - known), Long::sum);
        });
    counted.clear();
    counted.putAll(after);
    long micros = redis.state().arrival() - snapshot.arrival();
    if (micros > 0) {
      permitsLost += Math.min(rate.burst(), micros * 1_000 / rate.intervalNanos() + 1);
    }
    long[] before = nodes.stream().mapToLong(Node::counted).toArray();
    redis.become(snapshot.copy());
    for (int i = 0; i < before.length; i++) {
      Node node = nodes.get(i);
      node.lostPermits += Math.max(0, before[i] - node.counted());
    }
  }

  private void call(Node node) {
    long before = redis.asked();
    long answered = redis.answered();
    long wereLost = redis.lost();
    long counts = kind == Kind.CALLS ? node.counted() : 0;
    Decision decision = node.limiter.acquire(ann, charge, node.now());
    if (redis.asked() != before) {
      note();
    }
    if (kind == Kind.CALLS && redis.lost() != wereLost && node.counted() <= counts) {
      node.endedInVain++;
    }
    if (!(decision instanceof Allowed call)) {
      return;
    }
    allowed++;
    boolean byNode = kind == Kind.ALONE && redis.answered() == answered;
    leased += redis.asked() == before && !byNode ? 1 : 0;
    long units = cost;
    if (kind == Kind.CALLS || kind == Kind.ALONE) {
      node.underWay.add(new Call(node, call, byNode));
    } else if (cost > 1 && random.nextInt(4) == 0) {
      units = random.nextInt(cost);
      node.limiter.settle(call, new long[] {1, units}, node.now());
    }
    ledger += units;
    long window = call.windowStart(1);
    admitted.merge(window, units, Long::sum);
    if (byNode) {
      alone++;
      judge(node.tally.admitted(cost, passed));
    } else if (kind != Kind.ALONE) {
      judgeQuota(window);
    }
    judgeRate(byNode);
    judgeCalls();
  }

  /** What the server knows now; what it took for over, by more than a minute, it has forgotten. */
  private void note() {
    long second = serverSecond();
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

  private void judge(String wrong) {
    if (!wrong.isEmpty()) {
      throw new AssertionError("seed %d: %s, %s %s".formatted(seed, wrong, kind, events));
    }
  }

  private void judgeQuota(long window) {
    long bound = included + lost.getOrDefault(window, 0L);
    if (admitted.get(window) > bound) {
      judge("%d admitted in a window of at most %d".formatted(admitted.get(window), bound));
    }
  }

  private void judgeRate(boolean byNode) {
    excess = Math.max(0, excess - (passed - excessAt) / (double) rate.intervalNanos()) + 1;
    excessAt = passed;
    long ahead = leases ? nodes.size() * redis.mostTaken() : 0;
    long charged = redis.forcedMicros() * 1_000 / rate.intervalNanos();
    uncharged = Math.max(0, uncharged - (charged - charges)) + (byNode ? 1 : 0);
    charges = charged;
    if (excess > rate.burst() + ahead + permitsLost + uncharged + 1) {
      judge(
          "%.1f more than came back, of at most %d + %d + %d + %d"
              .formatted(excess, rate.burst(), ahead, permitsLost, uncharged));
    }
  }

  private void judgeCalls() {
    if (kind == Kind.CALLS) {
      int all = nodes.stream().mapToInt(node -> node.underWay.size()).sum();
      long bound = most + nodes.stream().mapToLong(Node::mayExceed).sum();
      mostUnderWay = Math.max(mostUnderWay, all);
      if (all > bound) {
        judge("%d under way, of at most %d".formatted(all, bound));
      }
    }
  }

  /** The server is there, and is told of everything. */
  private void end() {
    redis.away(false);
    redis.next(ModelRedis.Next.ANSWERED);
    for (Node node : nodes) {
      while (!node.underWay.isEmpty()) {
        node.underWay.remove(0).end();
      }
      boolean owes = kind == Kind.ALONE && node.tally.owes(passed);
      long forces = redis.forces();
      for (int i = 0; i < 6 && (i == 0 || node.due); i++) {
        tick(i == 0 ? 0 : SECOND); // probed once a second; leases are over after two
        owes &= i == 0 || node.tally.owes(passed);
        node.work();
      }
      judge(node.due ? "something is owed still" : "");
      judge(owes && redis.forces() == forces ? "what was taken alone is not charged" : "");
      node.showLife();
      node.work();
    }
    note();
    judgeCount();
    if (kind == Kind.CALLS) {
      judgeNoneIsLeft();
    }
  }

  private boolean was(Event event) {
    return events.containsKey(event);
  }

  /** What the server has counted is what was admitted. */
  private void judgeCount() {
    if (was(Event.FAILOVER) || windowsJumped || admitted.isEmpty()) {
      return;
    }
    long window = admitted.keySet().stream().max(Long::compare).orElseThrow();
    Map<Long, Long> known = redis.state().windows();
    if (known.keySet().stream().anyMatch(later -> later > window)) {
      return; // begun by a call whose answer was lost
    }
    long units = admitted.get(window);
    long count = known.getOrDefault(window, 0L);
    boolean exact = events.keySet().stream().noneMatch(History::loses);
    if (exact && count != units) {
      judge("%d counted, and %d admitted".formatted(count, units));
    }
    if (kind != Kind.ALONE && count < units) {
      judge("%d counted only, and %d admitted".formatted(count, units));
    }
  }

  private void judgeNoneIsLeft() {
    long held = nodes.stream().mapToLong(Node::counted).sum();
    if (!was(Event.FAILOVER) && held > 0) {
      judge(held + " held by no call");
    }
    Node node = nodes.get(0);
    node.limiter.peek(ann, limits, node.now()); // a clock that went back is seen
    tick((SILENT_SECONDS + 1) * SECOND);
    long free = node.limiter.peek(ann, limits, node.now()).remaining(2);
    if (free != most) {
      judge("%d free of %d, and no call is under way".formatted(free, most));
    }
  }

  Kind kind() {
    return kind;
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

  /** Calls that an instance admitted by itself. */
  long alone() {
    return alone;
  }

  boolean quotaUsedUp() {
    return admitted.values().stream().anyMatch(units -> units > included - cost);
  }

  boolean permitsUsedUp() {
    return mostUnderWay >= most;
  }
}
