// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Charge;
import dev.monetize.limit.Decision;
import dev.monetize.limit.Limit;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Standing;
import dev.monetize.limit.Subject;
import dev.monetize.limit.WindowLimit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * A charge that was taken several times ahead, and is spent here, call by call. What a call needs
 * lies together: one that comes each millisecond finds nothing of it in the processor's caches, and
 * its time is that of the lines it fetches. Thread-safe.
 */
final class Lease {

  private static final AtomicLongFieldUpdater<Lease> LEFT =
      AtomicLongFieldUpdater.newUpdater(Lease.class, "left");

  private volatile long left;
  private final long times;
  private final long until;
  private final Subject subject;
  private final Charge charge;

  /**
   * The numbers of the last call, and behind them how much more of each limit an unspent one is.
   */
  private final long[] told;

  private final Decision.Allowed granted;
  private final LimitPlan plan;

  /**
   * A lease.
   *
   * @param granted to the call that it was taken for, as things stand when all is spent
   * @param times how many more calls it is for
   * @param until when it ends, in the nanoseconds of a clock that never steps back
   */
  Lease(LimitPlan plan, Decision.Allowed granted, long times, long until) {
    this.left = times;
    this.times = times;
    this.until = until;
    this.subject = granted.subject();
    this.charge = granted.charge();
    this.told = told(granted);
    this.granted = granted;
    this.plan = plan;
  }

  private static long[] told(Decision.Allowed granted) {
    Charge charge = granted.charge();
    int limits = charge.limits().size();
    int cells = charge.limits().cells();
    long[] told = new long[cells + limits];
    int start = 2 * limits;
    for (int i = 0; i < limits; i++) {
      told[2 * i] = granted.remaining(i);
      told[2 * i + 1] = granted.resetNanos(i);
      if (charge.limits().get(i) instanceof WindowLimit window) {
        told[2 * i] = window.included() - granted.used(i);
        told[start++] = granted.windowStart(i);
      }
      told[cells + i] = charge.amount(i);
    }
    return told;
  }

  boolean isOver(long nanos) {
    return nanos - until >= 0;
  }

  /** Whether it is used, and lasts no longer than that, or has little left. */
  boolean endsBefore(long nanos) {
    long now = left;
    return now < times && now >= 0 && (nanos - until >= 0 || now < times / 4);
  }

  /** How many more calls it is for. */
  long left() {
    return Math.max(0, left);
  }

  /** How many more calls it is for; negative if none is, which is final. */
  long spend() {
    return left > 0 ? LEFT.decrementAndGet(this) : -1;
  }

  /** What a call is told that was allowed by it, when it is for so many more. */
  Decision.Allowed allowed(long unspent) {
    int cells = charge.limits().cells();
    long[] mine = Arrays.copyOf(told, cells);
    for (int i = 0; cells + i < told.length; i++) {
      mine[2 * i] += unspent * told[cells + i];
    }
    return new Decision.Allowed(subject, charge, mine, 0);
  }

  /** Ends it; how many calls it was for still. */
  long take() {
    return Math.max(0, LEFT.getAndSet(this, Long.MIN_VALUE / 2));
  }

  /** Whether what was granted now is of the same windows: then what is unspent can go over. */
  boolean goesOnIn(Standing now) {
    for (int i = 0; i < charge.limits().size(); i++) {
      if (granted.windowStart(i) != now.windowStart(i)) {
        return false;
      }
    }
    return true;
  }

  /** Ends it; what comes back of it. */
  List<Correction> end() {
    long unspent = take();
    if (unspent == 0) {
      return List.of();
    }
    List<Correction> back = new ArrayList<>();
    for (int i = 0; i < charge.limits().size(); i++) {
      Limit limit = charge.limits().get(i);
      long amount = unspent * charge.amount(i);
      if (amount > 0 && limit instanceof RateLimit rate) {
        back.add(plan.unspent(i, rate, amount));
      } else if (amount > 0 && limit instanceof WindowLimit window) {
        back.add(plan.correction(i, window, granted.windowStart(i), -amount));
      }
    }
    return back;
  }

  /** How things stood when it was granted. */
  Standing standing() {
    return granted;
  }
}
