// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.monetize.limit.Charge;
import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Decision;
import dev.monetize.limit.Limit;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.RateLimiter;
import dev.monetize.limit.Standing;
import dev.monetize.limit.Subject;
import dev.monetize.limit.WindowLimit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import redis.clients.jedis.UnifiedJedis;

/**
 * Holds callers to their limits over all instances of a service, which share a Redis or Valkey.
 *
 * <pre>{@code
 * UnifiedJedis redis = RedisUrl.parse("redis://redis.internal:6379").connect();
 * Monetizer monetizer =
 *     Monetizer.builder()
 *         .limiter(used -> RedisRateLimiter.on(redis).restoredFrom(used).build())
 *         ...
 * }</pre>
 *
 * <p>All limits of a call are decided by one script in one round trip, by the server's clock; a
 * correction of an earlier call of the same subject goes with it, or by itself within 50 ms. Calls
 * of a subject that come while one like them is asked for are asked for together after it, and
 * decided one by one. A refusal is told again for up to a second without asking.
 *
 * <p><b>While Redis does not answer</b> each limit is held as {@link WhenDown} says, and no call
 * throws. After five failures in a row no call asks any more; a thread of its own does, once a
 * second. What was admitted meanwhile is charged when it is back. A timeout of the client, 50 ms of
 * a {@link RedisUrl}, is what those wait, once, who ask in the beginning: five one after the other,
 * or as many as there are at that moment. A pool that is used up is waited for as long.
 *
 * <p><b>A call whose answer is lost</b> is decided here and not charged again, as Redis may have
 * counted it; nor is it asked again by the client of a cluster. Where Redis had not, a quota is too
 * low by that call. Where the limit is {@link WhenDown.Closed}, it is refused, and may have been
 * counted. A rate may be charged for it twice.
 *
 * <p>Thread-safe. The client is the caller's, and is not closed.
 */
public final class RedisRateLimiter implements RateLimiter {

  private final Breaker breaker;
  private final LocalLimits local;
  private final Refusals refusals = new Refusals();
  private final Leases leases;
  private final Together together = new Together();
  private final CallsUnderWay underWay;
  private final LoadingCache<LimitSet, LimitPlan> plans;
  private final LimitServer server;
  private final Outages outages;
  private final Upkeep upkeep;

  RedisRateLimiter(LimitSettings settings) {
    LimitState state = LimitState.of(settings);
    this.breaker = state.breaker();
    this.local = state.local();
    this.leases = state.leases();
    this.underWay = state.underWay();
    this.plans = state.plans();
    this.server = new LimitServer(settings, state);
    this.outages = new Outages(settings, state);
    this.upkeep = new Upkeep(settings, state, server, outages);
  }

  /** A limiter on a Redis, with what else is to be said of it. */
  public static RedisRateLimiterBuilder on(UnifiedJedis redis) {
    return new RedisRateLimiterBuilder(redis);
  }

  @Override
  public Decision acquire(Subject subject, Charge charge, long now) {
    Decision.Allowed leased = leases.spend(subject, charge);
    if (leased != null) {
      return leased;
    }
    Decision.Refused known = refusals.of(subject, charge, now);
    if (known != null) {
      return known;
    }
    upkeep.giveBack(subject, leases.endOf(subject, charge));
    LimitPlan plan = plans.get(charge.limits());
    boolean maybe = false;
    if (!breaker.open()) {
      try {
        return plan.mayBeLeased()
            ? together.decide(
                new Who(subject, charge), calls -> decided(plan, subject, charge, calls, now))
            : decided(plan, subject, charge, 1, now).get(0);
      } catch (RuntimeException failure) {
        outages.failed(subject, failure);
        maybe = !Fault.doneNothing(failure);
      }
    }
    return decidedHere(plan, subject, charge, maybe, now);
  }

  /** Of so many calls that are alike: those that are allowed, or all, which are refused. */
  private List<Decision> decided(
      LimitPlan plan, Subject subject, Charge charge, int calls, long now) {
    int times = calls - 1 + leases.wanted(plan, subject, charge);
    LimitAnswer answer = server.ask(plan, subject, charge, times, now);
    Decision decision = answer.decision(subject, charge);
    upkeep.answered(subject);
    if (decision instanceof Decision.Refused refused) {
      refusals.add(subject, charge, refused, now);
      return Collections.nCopies(calls, decision);
    }
    Decision.Allowed allowed = (Decision.Allowed) decision;
    underWay.began(plan, allowed);
    int served = (int) Math.min(calls, answer.taken());
    upkeep.seen(now);
    upkeep.giveBack(subject, leases.granted(plan, allowed, answer.taken() - (served - 1)));
    return served == 1 ? List.of(allowed) : shared(plan, allowed, answer.taken(), served);
  }

  /** What was taken several times, each as things stood after it. */
  private static List<Decision> shared(
      LimitPlan plan, Decision.Allowed allowed, long taken, int calls) {
    Lease lease = new Lease(plan, allowed, taken, Long.MAX_VALUE);
    List<Decision> decisions = new ArrayList<>(calls);
    for (int i = 0; i < calls; i++) {
      decisions.add(lease.allowed(lease.spend()));
    }
    return decisions;
  }

  /** Redis could not be asked, or nobody knows whether it has counted the call. */
  private Decision decidedHere(
      LimitPlan plan, Subject subject, Charge charge, boolean maybe, long now) {
    Decision decision = local.acquire(subject, charge, maybe, now);
    upkeep.seen(now);
    upkeep.chargedHere(subject, plan);
    if (maybe && plan.holdsCalls()) {
      List<Correction> ended = plan.ended(charge);
      underWay.doubt(subject, ended);
      if (decision instanceof Decision.Allowed allowed) {
        underWay.began(plan, allowed);
      } else if (!ended.isEmpty()) {
        upkeep.owe(subject, ended);
      }
    }
    upkeep.soon(); // asks, once a second in an outage
    return decision;
  }

  @Override
  public Standing peek(Subject subject, LimitSet limits, long now) {
    LimitPlan plan = plans.get(limits);
    if (!breaker.open()) {
      try {
        Standing standing = server.ask(plan, subject, null, 1, now).standing();
        upkeep.answered(subject);
        return standing;
      } catch (RuntimeException failure) {
        outages.failed(subject, failure);
      }
    }
    return local.peek(subject, limits, now);
  }

  @Override
  public void settle(Decision.Allowed allowed, long[] actual, long now) {
    LimitPlan plan = plans.get(allowed.limits());
    LocalLimits.Whose whose = local.settle(allowed, actual, now);
    List<Correction> corrections = corrections(plan, allowed, actual, whose);
    if (whose != LocalLimits.Whose.LOCAL) {
      underWay.ended(plan, allowed);
    }
    if (!corrections.isEmpty()) {
      upkeep.owe(allowed.subject(), corrections);
      refusals.forget(allowed.subject());
    }
  }

  /**
   * What Redis must be told; of a call that it knows nothing of, all that was used of quotas. What
   * it may have counted is not charged again.
   */
  private static List<Correction> corrections(
      LimitPlan plan, Decision.Allowed allowed, long[] actual, LocalLimits.Whose whose) {
    boolean unknown = whose == LocalLimits.Whose.LOCAL;
    List<Correction> corrections = new ArrayList<>(actual.length);
    for (int i = 0; i < actual.length; i++) {
      Limit limit = allowed.limits().get(i);
      long taken = unknown ? 0 : LimitPlan.bounded(allowed.charge().amount(i));
      long difference = LimitPlan.bounded(actual[i]) - taken;
      if (limit instanceof WindowLimit window && difference != 0) {
        corrections.add(plan.correction(i, window, allowed.windowStart(i), difference));
      } else if (limit instanceof ConcurrencyLimit && taken > 0) {
        corrections.add(plan.ended(i, taken));
      }
    }
    return corrections;
  }

  @Override
  public void close() {
    upkeep.close();
  }
}
