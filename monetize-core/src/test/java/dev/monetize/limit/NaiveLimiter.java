// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * What a limiter has to answer, as plainly as it can be said: tokens in buckets, units by window,
 * calls in a number. It checks a limiter's decision and follows it.
 */
final class NaiveLimiter {

  /** What is known of one limit of one subject. */
  private static final class Use {
    RateLimit rate;
    NaiveBucket most;
    NaiveBucket least;
    long lag;
    long wholeAt;
    long start;
    long used;
  }

  private final WindowUse before;
  private final Function<Limit, Windows> windows;
  private final Map<Object, Map<String, Use>> uses = new HashMap<>();
  private final Map<Object, LimitSet> last = new HashMap<>();

  /**
   * @param windows the windows of a limit, written out
   */
  NaiveLimiter(WindowUse before, Function<Limit, Windows> windows) {
    this.before = before;
    this.windows = windows;
  }

  /** Checks and follows a decision. */
  void decided(Subject subject, Charge charge, long now, Decision decision) {
    LimitSet set = charge.limits();
    Use[] all = uses(subject, set, now);
    boolean must = false;
    boolean may = false;
    for (int i = 0; i < set.size(); i++) {
      boolean refuses = refuses(set, all, charge, i, 0, true);
      boolean mayRefuse = refuses || refuses(set, all, charge, i, all[i].lag, false);
      if (set.get(i).shadow()) {
        boolean told = (decision.shadowed() >> i & 1) == 1;
        check(told ? mayRefuse : !refuses, "shadow");
      } else {
        must |= refuses;
        may |= mayRefuse;
        if (decision instanceof Decision.Refused refused && refused.limit() == i) {
          check(mayRefuse, "violated");
        }
      }
    }
    if (decision instanceof Decision.Allowed) {
      check(!must, "over");
      for (int i = set.size() - 1; i >= 0; i--) {
        if (set.get(i) instanceof RateLimit rate && holds(set, all, charge, rate)) {
          all[i].most.take(charge.amount(i));
          all[i].least.take(charge.amount(i));
          all[i].lag += charge.amount(i);
          lagIfEmpty(all[i]);
        }
      }
      for (int i = 0; i < set.size(); i++) {
        all[i].used += set.get(i) instanceof RateLimit ? 0 : charge.amount(i);
      }
    } else {
      check(may, "under");
    }
    told(set, all, decision.standing(), now);
  }

  private void told(LimitSet set, Use[] all, Standing standing, long now) {
    for (int i = 0; i < set.size(); i++) {
      Use use = all[i];
      if (set.get(i) instanceof WindowLimit window) {
        same(standing.remaining(i), Math.max(0, window.included() - use.used));
        same(standing.used(i), use.used);
        same(standing.windowStart(i), use.start);
      } else if (set.get(i) instanceof ConcurrencyLimit limit) {
        same(standing.remaining(i), Math.max(0, limit.max() - use.used));
      } else if (set.get(i) instanceof RateLimit rate && rate.pastQuota() == null) {
        check(standing.remaining(i) <= use.most.remaining(), "remaining");
        use.wholeAt = now + standing.resetNanos(i);
      }
    }
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      assertThat(holds).as(what).isTrue();
    }
  }

  private static void same(long told, long known) {
    if (told != known) {
      assertThat(told).isEqualTo(known);
    }
  }

  private boolean refuses(LimitSet set, Use[] all, Charge charge, int i, long lag, boolean atMost) {
    Use use = all[i];
    long amount = charge.amount(i);
    if (set.get(i) instanceof RateLimit rate) {
      return holds(set, all, charge, rate) && !(atMost ? use.most : use.least).fits(amount, lag);
    }
    if (set.get(i) instanceof WindowLimit window) {
      return amount > 0 && use.used + amount > window.ceiling();
    }
    return amount > 0 && use.used + amount > ((ConcurrencyLimit) set.get(i)).max();
  }

  private static boolean holds(LimitSet set, Use[] all, Charge charge, RateLimit rate) {
    for (int i = 0; i < set.size(); i++) {
      if (set.get(i).id().equals(rate.pastQuota())) {
        return all[i].used + charge.amount(i) > ((WindowLimit) set.get(i)).included();
      }
    }
    return true;
  }

  private Use[] uses(Subject subject, LimitSet set, long now) {
    boolean customers = last.put(subject.customer(), set) == set;
    boolean keys = last.put(subject, set) == set;
    if (!customers || !keys) {
      forgetOthers(subject.customer(), Scope.CUSTOMER, set);
      forgetOthers(subject, Scope.KEY, set);
    }
    Use[] all = new Use[set.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = use(subject, set.get(i), now);
    }
    return all;
  }

  private void forgetOthers(Object id, Scope scope, LimitSet set) {
    var ids = set.limits().stream().filter(l -> l.scope() == scope).map(Limit::id).toList();
    if (!ids.isEmpty()) {
      uses.computeIfAbsent(id, any -> new HashMap<>()).keySet().retainAll(ids);
    }
  }

  private Use use(Subject subject, Limit limit, long now) {
    Map<String, Use> known = uses.get(id(subject, limit));
    Use use = known.get(limit.id());
    if (use == null) {
      use = new Use();
      known.put(limit.id(), use);
      begin(use, subject, limit, now);
    }
    if (limit instanceof RateLimit rate) {
      follow(use, rate, now);
    } else if (limit instanceof WindowLimit && windows.apply(limit).at(now).start() > use.start) {
      use.start = windows.apply(limit).at(now).start();
      use.used = 0;
    }
    return use;
  }

  private void begin(Use use, Subject subject, Limit limit, long now) {
    if (limit instanceof RateLimit rate) {
      use.rate = rate;
      use.most = new NaiveBucket(rate, true, now);
      use.least = new NaiveBucket(rate, false, now);
    } else if (limit instanceof WindowLimit window) {
      Window first = windows.apply(limit).at(now);
      use.start = first.start();
      use.used = before.used(subject, window, first);
    }
  }

  private static void follow(Use use, RateLimit rate, long now) {
    if (now >= use.wholeAt && rate.pastQuota() == null) {
      use.lag = 0;
    }
    if (!rate.equals(use.rate)) {
      use.most.change(rate);
      use.least.change(rate);
      use.rate = rate;
    }
    use.most.at(now);
    use.least.at(now);
    lagIfEmpty(use);
  }

  /** Cut to empty, the limiter needs up to 1 ns more for each permit of the burst to come back. */
  private static void lagIfEmpty(Use use) {
    if (use.least.isEmpty()) {
      use.lag = Math.max(use.lag, use.rate.burst());
    }
  }

  /** Whether no limit of the call was forgotten since. */
  boolean knows(Decision.Allowed allowed) {
    for (Limit limit : allowed.charge().limits().limits()) {
      if (!uses.get(id(allowed.subject(), limit)).containsKey(limit.id())) {
        return false;
      }
    }
    return true;
  }

  private static Object id(Subject subject, Limit limit) {
    return limit.scope() == Scope.KEY ? subject : subject.customer();
  }

  void settled(Decision.Allowed allowed, long[] actual) {
    Charge charge = allowed.charge();
    for (int i = 0; i < actual.length; i++) {
      Limit limit = charge.limits().get(i);
      Object id = limit.scope() == Scope.KEY ? allowed.subject() : allowed.subject().customer();
      Use use = uses.get(id).get(limit.id());
      if (use != null && limit instanceof ConcurrencyLimit) {
        use.used = Math.max(0, use.used - charge.amount(i));
      } else if (use != null && limit instanceof WindowLimit) {
        if (use.start <= allowed.standing().windowStart(i)) {
          use.used = Math.max(0, use.used + actual[i] - charge.amount(i));
        }
      }
    }
  }
}
