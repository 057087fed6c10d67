// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Charge;
import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Decision;
import dev.monetize.limit.Limit;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Standing;
import dev.monetize.limit.Subject;
import dev.monetize.limit.WindowLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Charges taken ahead, for callers who come often: twice as many as they made calls in a tenth of a
 * second. Only far from every limit, so that several instances do not keep from each other what is
 * left. Whose lease is nearly over gets more before that, so that no call waits for it. What is not
 * spent in time goes back. Thread-safe.
 */
final class Leases {

  private static final long LENGTH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LIFE_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

  /** Longer than it takes until what is due is looked at again. */
  private static final long NEARLY_OVER_NANOS = TimeUnit.MILLISECONDS.toNanos(60);

  /** Twice as many as will come by the look of it: what is not spent costs nothing. */
  private static final double AHEAD = 2;

  private static final int MOST_TIMES = 10_000;

  /** Round trips of a moment; callers beyond wait for theirs themselves. */
  private static final int MOST_RENEWED = 500;

  private static final int MOST = 10_000;
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final int instances;
  private final LongSupplier nanos;
  private final Map<Who, Frequent> known = new ConcurrentHashMap<>();

  /**
   * None yet.
   *
   * @param instances how many instances share a limit; 0: nothing is leased
   * @param nanos a clock that never steps back
   */
  Leases(int instances, LongSupplier nanos) {
    this.instances = instances;
    this.nanos = nanos;
  }

  boolean none() {
    return known.isEmpty();
  }

  /** Allows a call by what was taken ahead; null if there is nothing. */
  Decision.@Nullable Allowed spend(Subject subject, Charge charge) {
    Frequent who = of(subject, charge);
    return who == null ? null : who.spend(nanos.getAsLong());
  }

  private @Nullable Frequent of(Subject subject, Charge charge) {
    return instances == 0 ? null : known.get(new Who(subject, charge));
  }

  /** Ends a lease that is over; what comes back of it. */
  List<Correction> endOf(Subject subject, Charge charge) {
    Frequent who = of(subject, charge);
    return who == null ? List.of() : who.end(false, nanos.getAsLong());
  }

  /** How often a charge is to be taken now, for this call and those that will follow. */
  int wanted(LimitPlan plan, Subject subject, Charge charge) {
    if (instances == 0 || !plan.mayBeLeased()) {
      return 1;
    }
    long now = nanos.getAsLong();
    Who key = new Who(subject, charge);
    Frequent who = known.get(key);
    if (who == null) {
      if (known.size() < MOST) {
        known.put(key, new Frequent(now));
      }
      return 1;
    }
    who.called();
    return wanted(who, charge, now);
  }

  private int wanted(Frequent who, Charge charge, long now) {
    long calls = who.calls();
    long passed = Math.max(1, now - who.since());
    if (passed < LENGTH_NANOS / 10) {
      return 1;
    }
    double times = AHEAD * calls * LENGTH_NANOS / passed;
    if (passed > LENGTH_NANOS) {
      who.countFrom(now);
    }
    Lease last = who.lease();
    return last == null
        ? (int) Math.min(times, instances)
        : (int) Math.max(1, Math.min(bound(last.standing(), charge), Math.min(times, MOST_TIMES)));
  }

  /** As many as leave enough to the other instances. */
  private double bound(Standing standing, Charge charge) {
    double most = Double.MAX_VALUE;
    for (int i = 0; i < charge.limits().size(); i++) {
      long amount = charge.amount(i);
      long remaining = standing.remaining(i);
      if (amount > 0 && !free(charge.limits().get(i))) {
        if (remaining < whole(charge.limits().get(i)) / 10) {
          return 1;
        }
        most = Math.min(most, (double) remaining / (2.0 * instances * amount));
      }
    }
    return most;
  }

  /** Whether a limit refuses nothing. */
  private static boolean free(Limit limit) {
    return limit instanceof WindowLimit window && window.ceiling() == Long.MAX_VALUE;
  }

  private static long whole(Limit limit) {
    if (limit instanceof RateLimit rate) {
      return rate.burst();
    }
    return limit instanceof WindowLimit window
        ? window.included()
        : ((ConcurrencyLimit) limit).max();
  }

  /** Whose leases are used, and nearly over; not more than can be renewed in time. */
  List<Who> nearlyOver() {
    long soon = nanos.getAsLong() + NEARLY_OVER_NANOS;
    List<Who> some = new ArrayList<>();
    known.forEach(
        (key, who) -> {
          Lease lease = who.lease();
          if (lease != null && some.size() < MOST_RENEWED && lease.endsBefore(soon)) {
            some.add(key);
          }
        });
    return some;
  }

  /** How often a charge is to be taken beside what is unspent; 0 if not at all. */
  int wantedMore(Who key) {
    Frequent who = known.get(key);
    Lease lease = who == null ? null : who.lease();
    if (who == null || lease == null) {
      return 0;
    }
    int times = wanted(who, key.charge(), nanos.getAsLong());
    return times == 1 ? 0 : (int) Math.max(0, times - lease.left());
  }

  /**
   * Keeps what was taken for calls to come.
   *
   * @return what comes back
   */
  List<Correction> renewed(LimitPlan plan, Who key, Decision.Allowed allowed, long times) {
    Frequent who = known.get(key);
    if (who == null) {
      return new Lease(plan, allowed, times, 0).end();
    }
    List<Correction> back = new ArrayList<>(who.renew(plan, allowed, times, until(allowed)));
    if (known.get(key) != who) { // it was forgotten meanwhile
      back.addAll(who.end(true, 0));
    }
    return back;
  }

  private long until(Decision.Allowed allowed) {
    long length = LIFE_NANOS;
    for (int i = 0; i < allowed.limits().size(); i++) {
      if (allowed.limits().get(i) instanceof WindowLimit) {
        length = Math.min(length, allowed.resetNanos(i));
      }
    }
    return nanos.getAsLong() + length;
  }

  /**
   * Keeps what was taken.
   *
   * @param times how often, the present call among them
   * @return what comes back of the lease before
   */
  List<Correction> granted(LimitPlan plan, Decision.Allowed allowed, long times) {
    Frequent who = of(allowed.subject(), allowed.charge());
    if (who == null) {
      return times > 1 ? new Lease(plan, allowed, times - 1, 0).end() : List.of();
    }
    return who.lease(new Lease(plan, allowed, times - 1, until(allowed)));
  }

  /** Ends leases that are over, or all; who is not there any more is forgotten. */
  void end(boolean all, BiConsumer<Subject, List<Correction>> back) {
    long now = nanos.getAsLong();
    known.forEach(
        (key, who) -> {
          boolean gone = all || now - who.since() > IDLE_NANOS;
          if (gone) {
            known.remove(key, who);
          }
          List<Correction> unspent = who.end(gone, now);
          if (!unspent.isEmpty()) {
            back.accept(key.subject(), unspent);
          }
        });
  }
}
