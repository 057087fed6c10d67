// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.monetize.limit.Charge;
import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Decision;
import dev.monetize.limit.InMemoryRateLimiter;
import dev.monetize.limit.Limit;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Standing;
import dev.monetize.limit.Subject;
import dev.monetize.limit.WindowLimit;
import dev.monetize.limit.WindowUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Decides by what this instance knows, while Redis cannot be asked. Each unit counts for as many
 * more as the instance's share of its limit is smaller than the whole. Thread-safe.
 */
final class LocalLimits {

  private static final long RETRY_NANOS = 1_000_000_000L;

  private final Function<Limit, WhenDown> rules;
  private final WindowUse used;
  private volatile InMemoryRateLimiter limiter;
  private final LoadingCache<LimitSet, LimitSet> sets =
      Caffeine.newBuilder().weakKeys().build(this::opened);
  private final LoadingCache<Charge, Charge> charges =
      Caffeine.newBuilder().weakKeys().build(this::weighed);

  /** Calls under way that were allowed here, with what allowed them. */
  private final Map<Decision.Allowed, Held> underWay = new ConcurrentHashMap<>();

  /** Of each customer who is counted here, which time that is: another object each time. */
  private final Map<String, Object> times = new ConcurrentHashMap<>();

  /**
   * What allowed a call, which time its customer was counted, and whether Redis may count it too.
   */
  private record Held(Object time, Decision.Allowed local, boolean asked) {}

  /** Whose a call is that ends. */
  enum Whose {
    /** Redis allowed it. */
    REDIS,
    /** It was allowed here. */
    LOCAL,
    /** It was allowed here after Redis was asked, and nobody knows whether Redis counted it. */
    BOTH
  }

  LocalLimits(Function<Limit, WhenDown> rules, WindowUse used) {
    this.rules = rules;
    this.used = used;
    this.limiter = new InMemoryRateLimiter(used);
  }

  private LimitSet opened(LimitSet set) {
    List<Limit> limits = new ArrayList<>();
    for (Limit limit : set.limits()) {
      limits.add(rules.apply(limit) instanceof WhenDown.Open ? shadow(limit) : limit);
    }
    return LimitSet.of(limits);
  }

  private static Limit shadow(Limit limit) {
    if (limit instanceof RateLimit rate) {
      return rate.inShadow();
    }
    if (limit instanceof WindowLimit w) {
      return new WindowLimit(w.id(), w.included(), w.ceiling(), w.windows(), w.scope(), true);
    }
    ConcurrencyLimit calls = (ConcurrencyLimit) limit;
    return new ConcurrencyLimit(calls.id(), calls.max(), calls.scope(), true);
  }

  private Charge weighed(Charge charge) {
    LimitSet set = sets.get(charge.limits());
    long[] amounts = new long[set.size()];
    for (int i = 0; i < amounts.length; i++) {
      amounts[i] = weighed(charge.limits().get(i), charge.amount(i));
    }
    int[] next = new int[1];
    return Charge.of(set, limit -> amounts[next[0]++]);
  }

  private long weighed(Limit limit, long amount) {
    long whole =
        rules.apply(limit) instanceof WhenDown.Local local ? local.weighed(amount) : amount;
    if (limit instanceof RateLimit rate) {
      return Math.min(whole, rate.burst());
    }
    return limit instanceof ConcurrencyLimit calls ? Math.min(whole, calls.max()) : whole;
  }

  /**
   * Decides a call.
   *
   * @param asked whether Redis was asked before, and may have counted it
   */
  Decision acquire(Subject subject, Charge charge, boolean asked, long now) {
    Charge weighed = charges.get(charge);
    int closed = closed(charge);
    if (closed >= 0) {
      Standing standing = told(limiter.peek(subject, weighed.limits(), now), charge.limits());
      return new Decision.Refused(closed, RETRY_NANOS, standing, 0);
    }
    Object time = times.computeIfAbsent(subject.customer(), customer -> new Object());
    Decision decision = limiter.acquire(subject, weighed, now);
    Standing standing = told(decision.standing(), charge.limits());
    if (decision instanceof Decision.Refused refused) {
      return new Decision.Refused(
          refused.limit(), refused.retryAfterNanos(), standing, refused.shadowed());
    }
    Decision.Allowed local = (Decision.Allowed) decision;
    Decision.Allowed allowed =
        new Decision.Allowed(subject, charge, cells(standing), local.shadowed());
    underWay.put(allowed, new Held(time, local, asked));
    return allowed;
  }

  /** Permits of each rate that were taken here and have not come back; else 0. */
  long[] missing(Subject subject, LimitSet limits, long now) {
    Standing standing = limiter.peek(subject, sets.get(limits), now);
    long[] missing = new long[limits.size()];
    for (int i = 0; i < missing.length; i++) {
      Limit limit = limits.get(i);
      if (limit instanceof RateLimit rate) {
        double share = rules.apply(limit) instanceof WhenDown.Local part ? part.share() : 1;
        missing[i] = (long) Math.ceil((rate.burst() - standing.remaining(i)) * share);
      }
    }
    return missing;
  }

  /**
   * Redis has been told of what a subject has taken here: the next time it is away, that begins
   * with what the ledger knows then.
   */
  void forget(Subject subject) {
    times.remove(subject.customer());
    limiter.forget(subject);
  }

  /** So of all: nobody owes anything any more. */
  void forget() {
    if (!times.isEmpty()) {
      times.clear();
      limiter = new InMemoryRateLimiter(used);
    }
  }

  /** Position of a limit that refuses while Redis is away, or -1. */
  private int closed(Charge charge) {
    for (int i = 0; i < charge.limits().size(); i++) {
      Limit limit = charge.limits().get(i);
      if (charge.amount(i) > 0
          && !limit.shadow()
          && rules.apply(limit) instanceof WhenDown.Closed) {
        return i;
      }
    }
    return -1;
  }

  Standing peek(Subject subject, LimitSet limits, long now) {
    return told(limiter.peek(subject, sets.get(limits), now), limits);
  }

  /** Ends a call, if it was allowed here; whose it is. */
  Whose settle(Decision.Allowed allowed, long[] actual, long now) {
    Held held = underWay.remove(allowed);
    if (held == null) {
      return Whose.REDIS;
    }
    long[] weighed = new long[actual.length];
    for (int i = 0; i < actual.length; i++) {
      weighed[i] = weighed(allowed.limits().get(i), actual[i]);
    }
    if (held.time() == times.get(allowed.subject().customer())) {
      limiter.settle(held.local(), weighed, now);
    }
    return held.asked() ? Whose.BOTH : Whose.LOCAL;
  }

  /** What remains of this instance's share, in units of the caller's. */
  private Standing told(Standing seen, LimitSet limits) {
    long[] cells = cells(seen);
    for (int i = 0; i < limits.size(); i++) {
      if (rules.apply(limits.get(i)) instanceof WhenDown.Local local) {
        cells[2 * i] = Math.min(cells[2 * i], (long) (cells[2 * i] * local.share()));
      }
    }
    return Standing.of(limits, cells);
  }

  private static long[] cells(Standing standing) {
    List<Limit> limits = standing.limits().limits();
    long[] cells = new long[standing.limits().cells()];
    int start = 2 * limits.size();
    for (int i = 0; i < limits.size(); i++) {
      cells[2 * i] = standing.remaining(i);
      cells[2 * i + 1] = standing.resetNanos(i);
      if (limits.get(i) instanceof WindowLimit window) {
        cells[2 * i] = window.included() - standing.used(i);
        cells[start++] = standing.windowStart(i);
      }
    }
    return cells;
  }
}
