// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import com.github.benmanes.caffeine.cache.Caffeine;
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
import dev.monetize.limit.WindowUse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

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

  private static final Logger log = LoggerFactory.getLogger(RedisRateLimiter.class);
  private static final LuaScript SCRIPT = LuaScript.load("limit.lua");
  private static final byte[] SERVER_TIME = {};
  private static final byte[] NO_PLAN = {};

  private final Wire wire;
  private final String prefix;
  private final LimitKeys keys;
  private final WindowUse used;
  private final boolean callersTime;
  private final Instance instance;
  private final LongSupplier ticker;
  private final Breaker breaker;
  private final Spells spells;
  private final Debts debts;
  private final LocalLimits local;
  private final Refusals refusals = new Refusals();
  private final Leases leases;
  private final Together together = new Together();
  private final Owed owed = new Owed();

  /** How many calls under way each subject has, that Redis counts for us. */
  private final CallsUnderWay underWay = new CallsUnderWay();

  /** A failure is that of all who were asked for together: where it was no silence, it is one. */
  private final AtomicReference<@Nullable RuntimeException> lastFailure = new AtomicReference<>();

  /** Of the last call that was not decided by a lease, how far its time is ahead of the ticker. */
  private volatile long ahead;

  private final Background background;
  private final LoadingCache<LimitSet, LimitPlan> plans =
      Caffeine.newBuilder().weakKeys().build(LimitPlan::of);

  /** What it is made of. */
  record Settings(
      UnifiedJedis redis,
      String prefix,
      WindowUse used,
      Function<Limit, WhenDown> whenDown,
      LongSupplier ticker,
      Instance instance,
      int instances,
      boolean callersTime,
      BiFunction<Runnable, Runnable, Background> background) {}

  RedisRateLimiter(Settings settings) {
    this.wire = new Wire(settings.redis());
    this.prefix = settings.prefix();
    this.keys = new LimitKeys(prefix);
    this.used = settings.used();
    this.callersTime = settings.callersTime();
    this.instance = settings.instance();
    this.ticker = settings.ticker();
    this.breaker = new Breaker(ticker);
    this.spells = new Spells(ticker);
    this.debts = new Debts(ticker);
    this.local = new LocalLimits(settings.whenDown(), used);
    this.leases = new Leases(settings.instances(), ticker);
    this.background = settings.background().apply(this::flush, this::showLife);
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
    giveBack(subject, leases.endOf(subject, charge));
    LimitPlan plan = plans.get(charge.limits());
    boolean maybe = false;
    if (!breaker.open()) {
      try {
        return plan.mayBeLeased()
            ? together.decide(
                new Who(subject, charge), calls -> decided(plan, subject, charge, calls, now))
            : decided(plan, subject, charge, 1, now).get(0);
      } catch (RuntimeException failure) {
        failed(subject, failure);
        maybe = !Fault.doneNothing(failure);
      }
    }
    return decidedHere(plan, subject, charge, maybe, now);
  }

  /** Of so many calls that are alike: those that are allowed, or all, which are refused. */
  private List<Decision> decided(
      LimitPlan plan, Subject subject, Charge charge, int calls, long now) {
    int times = calls - 1 + leases.wanted(plan, subject, charge);
    LimitAnswer answer = ask(plan, subject, charge, times, now);
    Decision decision = answer.decision(subject, charge);
    answered(subject);
    if (decision instanceof Decision.Refused refused) {
      refusals.add(subject, charge, refused, now);
      return Collections.nCopies(calls, decision);
    }
    Decision.Allowed allowed = (Decision.Allowed) decision;
    underWay.began(plan, allowed);
    int served = (int) Math.min(calls, answer.taken());
    ahead = now - ticker.getAsLong();
    giveBack(subject, leases.granted(plan, allowed, answer.taken() - (served - 1)));
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
    ahead = now - ticker.getAsLong();
    debts.add(subject, plan);
    if (maybe && plan.holdsCalls()) {
      List<Correction> ended = plan.ended(charge);
      underWay.doubt(subject, ended);
      if (decision instanceof Decision.Allowed allowed) {
        underWay.began(plan, allowed);
      } else if (!ended.isEmpty()) {
        owe(subject, ended);
      }
    }
    background.soon(); // asks, once a second in an outage
    return decision;
  }

  @Override
  public Standing peek(Subject subject, LimitSet limits, long now) {
    LimitPlan plan = plans.get(limits);
    if (!breaker.open()) {
      try {
        Standing standing = ask(plan, subject, null, 1, now).standing();
        answered(subject);
        return standing;
      } catch (RuntimeException failure) {
        failed(subject, failure);
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
      owe(allowed.subject(), corrections);
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

  /** Puts a question, with corrections that wait. */
  private LimitAnswer ask(
      LimitPlan plan, Subject subject, @Nullable Charge charge, int times, long now) {
    List<Correction> riding = breaker.calm() ? owed.take(subject) : List.of();
    try {
      byte[] request =
          LimitRequest.decide(plan, subject, charge, used, instance, times, now, riding);
      return new LimitAnswer(
          plan.limits(), run(subject, plan, plan.bytes(), request, riding, false, now));
    } catch (RuntimeException failure) {
      oweAgain(failure, subject, riding);
      throw failure;
    }
  }

  /**
   * What rode with a question goes again if Redis was surely not told, and not if nobody knows:
   * then the next sign of life tells how many calls are under way.
   */
  private void oweAgain(RuntimeException failure, Subject subject, List<Correction> riding) {
    List<Correction> untold = Fault.doneNothing(failure) ? Correction.changes(riding) : List.of();
    if (!untold.isEmpty()) {
      owed.add(subject, untold);
    }
    underWay.doubt(subject, riding.stream().filter(one -> !untold.contains(one)).toList());
  }

  /**
   * Puts a question.
   *
   * @param anyway though nobody asks at present
   */
  private byte[] run(
      Subject subject,
      @Nullable LimitPlan plan,
      byte[] limits,
      byte[] request,
      List<Correction> riding,
      boolean anyway,
      long now) {
    boolean perKey =
        (plan != null && plan.perKey())
            || riding.stream().anyMatch(correction -> correction.scope() == LimitPlan.KEY);
    return wire.run(
        SCRIPT,
        keys.of(subject, perKey),
        List.of(limits, request, time(now)),
        () -> anyway || !breaker.open());
  }

  private byte[] time(long now) {
    return callersTime
        ? Long.toString(Math.floorDiv(now, 1000)).getBytes(StandardCharsets.US_ASCII)
        : SERVER_TIME;
  }

  private void answered(Subject subject) {
    isThere();
    debts.answered(subject);
    if (!debts.noneDue()) {
      background.soon();
    }
  }

  /** Redis answers. */
  private void isThere() {
    if (breaker.succeeded() && spells.isTold()) {
      log.warn("Redis decides on limits again");
    }
    spells.over();
  }

  /** Redis was not asked, or did not answer. */
  private void failed(Subject subject, RuntimeException failure) {
    Fault fault = Fault.of(failure);
    if (!fault.ofAll()) {
      refused(subject, fault, failure);
      return;
    }
    boolean counts = Fault.isSilence(failure) || lastFailure.getAndSet(failure) != failure;
    boolean opened = counts && breaker.failed();
    if (spells.tells(fault)) {
      log.warn(
          "Redis did not decide on the limits of a call: {}. Meanwhile each instance holds to its"
              + " own share, as whenDown says; there are no more such lines until that changes",
          advice(failure),
          failure);
    } else if (opened && spells.isTold()) {
      log.warn("Redis is asked once a second, until it answers");
    }
  }

  /** Redis answers, and does not decide on this subject. */
  private void refused(Subject subject, Fault fault, RuntimeException failure) {
    isThere();
    if (debts.pause(subject) && spells.tells(fault)) {
      log.warn(
          "Redis does not decide on the limits of customer \"{}\", whose keys begin with \"{}\": {}."
              + " Until they are put right or deleted, each instance holds this customer to its own"
              + " share, as whenDown says; there is one such line a minute, of whomever",
          subject.customer(),
          keys.ofCustomer(subject),
          advice(failure),
          failure);
    }
  }

  private String advice(RuntimeException failure) {
    return failure instanceof JedisException e ? RedisAdvice.of(e, prefix) : failure.toString();
  }

  /** What was leased and not spent. */
  private void giveBack(Subject subject, List<Correction> unspent) {
    if (!unspent.isEmpty()) {
      owed.add(subject, unspent);
    }
    if (!leases.none()) {
      background.soon();
    }
  }

  private void owe(Subject subject, List<Correction> corrections) {
    if (!owed.add(subject, corrections)) {
      log.debug("too many corrections wait: those of {} are dropped", subject.customer());
    }
    background.soon();
  }

  /** Sends what waits; goes on later with what Redis does not take. */
  private void flush() {
    try {
      leases.end(false, owed::add);
      leases.nearlyOver().forEach(this::renew);
      if ((breaker.calm() || (breaker.allows() && probe())) && sendOwed()) {
        repay();
      }
    } catch (RuntimeException e) {
      log.error("corrections of limits could not be sent", e);
    }
    if (goesOn()) {
      background.soon();
    }
  }

  /** Takes more ahead before it is needed, so that no call waits for that. */
  private void renew(Who who) {
    int times = breaker.calm() ? leases.wantedMore(who) : 0;
    if (times == 0) {
      return;
    }
    LimitPlan plan = plans.get(who.charge().limits());
    try {
      long now = present();
      LimitAnswer answer = ask(plan, who.subject(), who.charge(), times, now);
      answered(who.subject());
      if (answer.decision(who.subject(), who.charge()) instanceof Decision.Allowed allowed) {
        send(who.subject(), leases.renewed(plan, who, allowed, answer.taken()));
      }
    } catch (RuntimeException failure) {
      failed(who.subject(), failure);
    }
  }

  private boolean goesOn() {
    boolean more =
        breaker.open()
            ? !owed.isEmpty() || !debts.none()
            : owed.isOfAny(this::isAskedFor) || !debts.noneDue();
    return more || !leases.none();
  }

  private boolean isAskedFor(Subject subject) {
    return !debts.isPaused(subject);
  }

  /** Asks whether Redis is back, by changing nothing: what it is owed is not risked for that. */
  private boolean probe() {
    Map.Entry<Subject, LimitPlan> debt = debts.any();
    if (debt != null) {
      return probe(debt.getKey(), debt.getValue().unchanged(present()));
    }
    Map.Entry<Subject, List<Correction>> one = owed.any();
    return one != null
        && probe(one.getKey(), one.getValue().stream().map(Correction::unchanged).toList());
  }

  private boolean probe(Subject subject, List<Correction> unchanged) {
    try {
      byte[] request = LimitRequest.correct(instance, unchanged);
      run(subject, null, NO_PLAN, request, unchanged, true, 0);
      answered(subject);
      return true;
    } catch (RuntimeException failure) {
      failed(subject, failure);
      return !Fault.of(failure).ofAll();
    }
  }

  private boolean sendOwed() {
    for (Subject subject : owed.subjects()) {
      if (isAskedFor(subject) && !send(subject, owed.take(subject))) {
        return false;
      }
    }
    return true;
  }

  private boolean send(Subject subject, List<Correction> corrections) {
    if (corrections.isEmpty()) {
      return true;
    }
    try {
      byte[] request = LimitRequest.correct(instance, corrections);
      run(subject, null, NO_PLAN, request, corrections, true, 0);
      answered(subject);
      return true;
    } catch (RuntimeException failure) {
      oweAgain(failure, subject, corrections);
      failed(subject, failure);
      return !breaker.open();
    }
  }

  /** Charges the rates of which something was taken locally with what of it has not come back. */
  private void repay() {
    for (Map.Entry<Subject, LimitPlan> each : debts.due().entrySet()) {
      boolean due = debts.take(each.getKey(), each.getValue());
      if (due && !repay(each.getKey(), each.getValue())) {
        return;
      }
    }
    if (debts.none()) {
      local.forget();
    }
  }

  private boolean repay(Subject subject, LimitPlan plan) {
    long now = present();
    long[] missing = local.missing(subject, plan.limits(), now);
    try {
      if (Arrays.stream(missing).anyMatch(permits -> permits > 0)) {
        byte[] request = LimitRequest.force(plan, missing, instance, now);
        run(subject, plan, plan.bytes(), request, List.of(), true, now);
        answered(subject);
      }
      debts.repaid(subject);
      local.forget(subject);
      return true;
    } catch (RuntimeException failure) {
      debts.add(subject, plan);
      failed(subject, failure);
      return !breaker.open();
    }
  }

  /** The time, by the calls that no lease decided. */
  private long present() {
    return ahead + ticker.getAsLong();
  }

  /**
   * Calls under way count as long as their instance shows that it lives; who was left alone is
   * asked for again.
   */
  private void showLife() {
    if (!breaker.open()) {
      underWay.subjects().stream().filter(this::isAskedFor).forEach(this::showLife);
    }
    debts.resume(owed::isOf);
    if (goesOn()) {
      background.soon();
    }
  }

  /** With what is owed before, which the count of calls under way takes for told. */
  private void showLife(Subject subject) {
    List<Correction> signs = new ArrayList<>(owed.take(subject));
    signs.addAll(underWay.signs(subject));
    send(subject, signs);
  }

  @Override
  public void close() {
    background.close();
    leases.end(true, owed::add);
    flush();
  }
}
