// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import dev.monetize.quota.QuotaPeriod;
import dev.monetize.quota.QuotaPeriod.Start;
import dev.monetize.quota.QuotaPeriod.Unit;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Generated histories: the limiter beside {@link NaiveLimiter}. */
class InMemoryRateLimiterModelTest {

  private static final long STEPS = Long.getLong("monetize.modelSteps", 10_000_000);
  private static final int STEPS_PER_HISTORY = 2_000;
  private static final long SECOND = 1_000_000_000L;
  private static final long MOST_BACK_WITH_SWEEPS = 50 * SECOND;
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final Duration[] PERIODS = {
    Duration.ofMillis(1),
    Duration.ofMillis(7),
    Duration.ofSeconds(1),
    Duration.ofSeconds(10),
    Duration.ofMinutes(1),
    Duration.ofHours(1),
    Duration.ofDays(1)
  };

  /** The same windows, by the limiter's arithmetic and written out. */
  private record Kind(Windows real, Windows naive) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind(
              new QuotaPeriod(1, Unit.MONTH, Start.CALENDAR, ZoneOffset.UTC).windows(null),
              NaiveMonths.of(1, ZoneOffset.UTC)),
          new Kind(
              new QuotaPeriod(1, Unit.MONTH, Start.SUBSCRIPTION, BERLIN)
                  .windows(Instant.parse("2024-01-30T23:00:00Z")),
              NaiveMonths.of(31, BERLIN)),
          new Kind(
              new QuotaPeriod(1, Unit.DAY, Start.CALENDAR, BERLIN).windows(null),
              NaiveMonths.days(BERLIN)));

  @Test
  void decisions_neverOverAndLessThanOneNanosecondPerPermitUnder() {
    long first = Seed.random(InMemoryRateLimiterModelTest.class).nextLong();
    LongStream.range(first, first + STEPS / STEPS_PER_HISTORY)
        .parallel()
        .forEach(seed -> new History(new Random(seed)).run());
  }

  /**
   * One history of some subjects, with a wild clock or with sweeps and tier changes. Both at once
   * have no single right answer: what a sweep dropped at one time, an earlier time would have kept.
   */
  private static final class History {

    private final Random random;
    private final InMemoryRateLimiter limiter;
    private final NaiveLimiter naive;
    private final boolean wild;
    private final List<Subject> subjects = new ArrayList<>();
    private final List<Decision.Allowed> open = new ArrayList<>();
    private List<Charge[]> tiers = new ArrayList<>();
    private long now = Instant.parse("2027-02-26T00:00:00Z").getEpochSecond() * SECOND;
    private long latest;

    History(Random random) {
      this.random = random;
      this.wild = random.nextBoolean();
      now += random.nextInt(90 * 24 * 3600) * SECOND + random.nextInt(1000);
      long seed = random.nextInt(4);
      long begin = now;
      WindowUse before = (subject, limit, window) -> wild && window.contains(begin) ? seed : 0;
      limiter = new InMemoryRateLimiter(before);
      naive = new NaiveLimiter(before, limit -> kind(limit.id()).naive());
      for (int i = 0; i < 4; i++) {
        subjects.add(new Subject("c" + i / 2, "k" + i));
      }
      changeLimits();
    }

    private void changeLimits() {
      boolean first = tiers.isEmpty();
      if (first) {
        tiers.add(charges(ids()));
        tiers.add(wild ? tiers.get(0) : charges(ids()));
      } else {
        int changed = random.nextInt(2);
        var ids = tiers.get(changed)[0].limits().limits().stream().map(Limit::id).toList();
        tiers.set(changed, charges(ids));
      }
    }

    private List<String> ids() {
      List<String> ids = new ArrayList<>();
      for (String id : List.of("r1", "r2", "kr", "q", "w0", "w1", "kw2", "c", "kc")) {
        if (random.nextInt(3) > 0) {
          ids.add(id);
        }
      }
      if (ids.contains("q") && !ids.contains("w1")) {
        ids.remove("q");
      }
      return ids.isEmpty() ? List.of("r1") : ids;
    }

    private Charge[] charges(List<String> ids) {
      LimitSet set = LimitSet.of(ids.stream().map(this::limit).toList());
      Charge[] charges = new Charge[4];
      for (int i = 0; i < charges.length; i++) {
        charges[i] = Charge.of(set, this::amount);
      }
      return charges;
    }

    private long amount(Limit limit) {
      if (limit instanceof RateLimit rate) {
        return random.nextInt(3) == 0 ? random.nextLong(rate.burst() + 1) : 1;
      }
      return limit instanceof ConcurrencyLimit ? 1 : random.nextInt(4);
    }

    private Limit limit(String id) {
      Scope scope = id.startsWith("k") ? Scope.KEY : Scope.CUSTOMER;
      boolean shadow = random.nextInt(5) == 0;
      if (id.endsWith("c")) {
        return new ConcurrencyLimit(id, 1 + random.nextInt(4), scope, shadow);
      }
      if (id.contains("w")) {
        long included = random.nextInt(300);
        long ceiling = random.nextBoolean() ? included + random.nextInt(100) : Long.MAX_VALUE;
        return new WindowLimit(id, included, ceiling, kind(id).real(), scope, shadow);
      }
      long permits = 1L + random.nextInt(random.nextBoolean() ? 10 : 1_000);
      boolean strict = random.nextInt(4) == 0;
      long burst = 1 + random.nextLong(strict ? permits / 2 + 1 : 2 * permits);
      String past = id.equals("q") ? "w1" : null;
      Duration period = PERIODS[random.nextInt(PERIODS.length)];
      return new RateLimit(id, permits, period, burst, strict, scope, shadow, past);
    }

    /** Room for a first call of everybody, after which no state is made, and so none is swept. */
    private Limit wide(Limit limit) {
      if (limit instanceof RateLimit rate) {
        return new RateLimit(
            rate.id(), 9, Duration.ofDays(1), 9, false, rate.scope(), false, rate.pastQuota());
      }
      return limit instanceof WindowLimit window
          ? new WindowLimit(window.id(), 9, 9, window.windows(), window.scope(), false)
          : new ConcurrencyLimit(limit.id(), 9, limit.scope(), false);
    }

    private Kind kind(String id) {
      return KINDS.get(id.charAt(id.length() - 1) - '0');
    }

    void run() {
      if (wild) {
        LimitSet set = tiers.get(0)[0].limits();
        Charge begin =
            Charge.of(LimitSet.of(set.limits().stream().map(this::wide).toList()), l -> 1);
        subjects.forEach(subject -> call(subject, begin));
      }
      for (int i = 0; i < STEPS_PER_HISTORY; i++) {
        step();
      }
    }

    private void step() {
      int choice = random.nextInt(100);
      if (choice < 60) {
        tick();
        Subject subject = subjects.get(random.nextInt(subjects.size()));
        int tier = random.nextInt(10) == 0 ? 1 : 0;
        call(subject, tiers.get(tier)[random.nextInt(4)]);
      } else if (choice < 97) {
        settle();
      } else if (choice < 98) {
        changeLimits();
      } else if (!wild) {
        limiter.sweep(now);
      }
    }

    private void tick() {
      long unit = 1L << random.nextInt(random.nextInt(50) == 0 ? 52 : 35);
      long by = random.nextLong(unit);
      boolean back = random.nextInt(20) == 0;
      now += back ? -by : by;
      latest = Math.max(latest, now);
      if (!wild) {
        now = Math.max(now, latest - MOST_BACK_WITH_SWEEPS);
        for (Kind kind : KINDS) {
          now = Math.max(now, kind.naive().at(latest).start() * SECOND);
        }
      }
      keepIn2027();
    }

    private void keepIn2027() {
      long start = Instant.parse("2027-01-01T00:00:00Z").getEpochSecond() * SECOND;
      now = Math.max(now, start);
    }

    private void call(Subject subject, Charge charge) {
      Decision decision = limiter.acquire(subject, charge, now);
      naive.decided(subject, charge, now, decision);
      if (decision instanceof Decision.Allowed allowed) {
        open.add(allowed);
      }
    }

    private void settle() {
      if (open.isEmpty()) {
        return;
      }
      Decision.Allowed allowed = open.remove(random.nextInt(open.size()));
      long[] actual = new long[allowed.charge().limits().size()];
      for (int i = 0; i < actual.length; i++) {
        actual[i] = random.nextInt(6);
      }
      if (naive.knows(allowed)) { // else the limiter knows more, or less, by whether it swept
        limiter.settle(allowed, actual, now);
        naive.settled(allowed, actual);
      }
    }
  }
}
