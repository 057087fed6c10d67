// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.monetize.limit.Decision;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.Subject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what calls leave behind, so that none waits for it: tells Redis what it is owed, charges it
 * with what was taken while it was away, finds out when it is back, keeps leases from ending while
 * they are used, and shows that calls under way live. Thread-safe.
 */
final class Upkeep implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RedisRateLimiter.class);

  private final LimitServer server;
  private final Outages outages;
  private final LongSupplier ticker;
  private final Breaker breaker;
  private final Debts debts;
  private final Owed owed;
  private final CallsUnderWay underWay;
  private final LocalLimits local;
  private final Leases leases;
  private final LoadingCache<LimitSet, LimitPlan> plans;

  /** Of the last call that was not decided by a lease, how far its time is ahead of the ticker. */
  private volatile long ahead;

  private final Background background;

  /** Begins. */
  Upkeep(LimitSettings settings, LimitState state, LimitServer server, Outages outages) {
    this.server = server;
    this.outages = outages;
    this.ticker = settings.ticker();
    this.breaker = state.breaker();
    this.debts = state.debts();
    this.owed = state.owed();
    this.underWay = state.underWay();
    this.local = state.local();
    this.leases = state.leases();
    this.plans = state.plans();
    this.background = settings.background().apply(this::flush, this::showLife);
  }

  /** What is due is done soon. */
  void soon() {
    background.soon();
  }

  /** A call came at a time. */
  void seen(long now) {
    ahead = now - ticker.getAsLong();
  }

  /** The time, by the calls that no lease decided. */
  private long present() {
    return ahead + ticker.getAsLong();
  }

  /** Somebody was charged here, and not in Redis. */
  void chargedHere(Subject subject, LimitPlan plan) {
    debts.add(subject, plan);
  }

  /** What was leased and not spent. */
  void giveBack(Subject subject, List<Correction> unspent) {
    if (!unspent.isEmpty()) {
      owed.add(subject, unspent);
    }
    if (!leases.none()) {
      background.soon();
    }
  }

  /** Redis is to be told; too many are dropped. */
  void owe(Subject subject, List<Correction> corrections) {
    if (!owed.add(subject, corrections)) {
      log.debug("too many corrections wait: those of {} are dropped", subject.customer());
    }
    background.soon();
  }

  /** Redis decided on a subject: what is due is charged soon. */
  void answered(Subject subject) {
    outages.answered(subject);
    if (!debts.noneDue()) {
      background.soon();
    }
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
      LimitAnswer answer = server.ask(plan, who.subject(), who.charge(), times, now);
      answered(who.subject());
      if (answer.decision(who.subject(), who.charge()) instanceof Decision.Allowed allowed) {
        send(who.subject(), leases.renewed(plan, who, allowed, answer.taken()));
      }
    } catch (RuntimeException failure) {
      outages.failed(who.subject(), failure);
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
      server.probe(subject, unchanged);
      answered(subject);
      return true;
    } catch (RuntimeException failure) {
      outages.failed(subject, failure);
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
      server.tell(subject, corrections);
      answered(subject);
      return true;
    } catch (RuntimeException failure) {
      outages.failed(subject, failure);
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
        server.force(subject, plan, missing, now);
        answered(subject);
      }
      debts.repaid(subject);
      local.forget(subject);
      return true;
    } catch (RuntimeException failure) {
      debts.add(subject, plan);
      outages.failed(subject, failure);
      return !breaker.open();
    }
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

  /** Ends, with one more attempt to tell what is owed, and what comes back of leases. */
  @Override
  public void close() {
    background.close();
    leases.end(true, owed::add);
    flush();
  }
}
