// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Decision;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/** Somebody who calls: how often, and what was taken ahead for them. Thread-safe. */
final class Frequent {

  private static final AtomicLongFieldUpdater<Frequent> CALLS =
      AtomicLongFieldUpdater.newUpdater(Frequent.class, "calls");

  private static final AtomicReferenceFieldUpdater<Frequent, @Nullable Lease> LEASE =
      AtomicReferenceFieldUpdater.newUpdater(Frequent.class, Lease.class, "lease");

  private volatile @Nullable Lease lease;
  private volatile long calls;
  private volatile long since;

  /** Nobody has called yet. */
  Frequent(long now) {
    this.since = now;
  }

  /** Allows a call by what was taken ahead; null if there is nothing. */
  Decision.@Nullable Allowed spend(long now) {
    Lease lease = this.lease;
    long left = lease == null || lease.isOver(now) ? -1 : lease.spend();
    if (lease == null || left < 0) {
      return null;
    }
    called();
    return lease.allowed(left);
  }

  /** What was last taken ahead, spent or not. */
  @Nullable Lease lease() {
    return lease;
  }

  /** Ends the lease if it is over, or anyway; what comes back of it. */
  List<Correction> end(boolean anyway, long now) {
    Lease lease = this.lease;
    return lease != null && (anyway || lease.isOver(now)) ? lease.end() : List.of();
  }

  /** Has another lease; what comes back of the one before. */
  List<Correction> lease(Lease next) {
    Lease former = LEASE.getAndSet(this, next);
    return former == null ? List.of() : former.end();
  }

  /**
   * Has more taken ahead, and keeps what is unspent.
   *
   * @return what comes back, where it cannot be kept
   */
  List<Correction> renew(LimitPlan plan, Decision.Allowed allowed, long times, long until) {
    Lease former = this.lease;
    long kept = former != null && former.goesOnIn(allowed) ? former.take() : 0;
    return lease(new Lease(plan, allowed, times + kept, until));
  }

  /** Counts a call. */
  void called() {
    CALLS.incrementAndGet(this);
  }

  /** How many calls there were since then. */
  long calls() {
    return calls;
  }

  /** Since when calls are counted. */
  long since() {
    return since;
  }

  /** Begins to count anew. */
  void countFrom(long now) {
    calls = 0;
    since = now;
  }
}
