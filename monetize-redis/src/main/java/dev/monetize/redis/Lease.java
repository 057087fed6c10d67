// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Charge;
import dev.monetize.limit.Decision;
import dev.monetize.limit.Limit;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Standing;
import dev.monetize.limit.WindowLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A charge that was taken several times ahead, and is spent here, call by call. Thread-safe. */
final class Lease {

  private final LimitPlan plan;
  private final Decision.Allowed granted;
  private final long until;
  private final AtomicLong left;

  /**
   * A lease.
   *
   * @param granted to the call that it was taken for, as things stand when all is spent
   * @param times how many more calls it is for
   * @param until when it ends, in the nanoseconds of a clock that never steps back
   */
  Lease(LimitPlan plan, Decision.Allowed granted, long times, long until) {
    this.plan = plan;
    this.granted = granted;
    this.until = until;
    this.left = new AtomicLong(times);
  }

  boolean isOver(long nanos) {
    return nanos - until >= 0;
  }

  /** How many more calls it is for; negative if none is, which is final. */
  long spend() {
    return left.decrementAndGet();
  }

  /** What a call is told that was allowed by it, when it is for so many more. */
  Decision.Allowed allowed(long unspent) {
    Charge charge = granted.charge();
    int limits = charge.limits().size();
    long[] cells = new long[charge.limits().cells()];
    int start = 2 * limits;
    for (int i = 0; i < limits; i++) {
      long more = unspent * charge.amount(i);
      cells[2 * i] = granted.remaining(i) + more;
      cells[2 * i + 1] = granted.resetNanos(i);
      if (charge.limits().get(i) instanceof WindowLimit window) {
        cells[2 * i] = window.included() - (granted.used(i) - more);
        cells[start++] = granted.windowStart(i);
      }
    }
    return new Decision.Allowed(granted.subject(), charge, cells, 0);
  }

  /** Ends it; what comes back of it. */
  List<Correction> end() {
    long unspent = left.getAndSet(Long.MIN_VALUE / 2);
    List<Correction> back = new ArrayList<>();
    if (unspent <= 0) {
      return back;
    }
    Charge charge = granted.charge();
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
