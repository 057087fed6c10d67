// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

/**
 * What one instance of a {@link History} admits while it decides alone: held to its share, and then
 * charged to Redis.
 */
final class AloneTally {

  private final double share;
  private final long burst;
  private final double intervalNanos;
  private final long included;

  /** Since it was told last, by what that counts for of the whole. */
  private long units;

  private double excess;

  /** By which the rate was exceeded if nothing else came: what has not come back by itself. */
  private double missing;

  private long at;

  AloneTally(double share, long burst, double intervalNanos, long included) {
    this.share = share;
    this.burst = burst;
    this.intervalNanos = intervalNanos;
    this.included = included;
  }

  private long weighed(long amount) {
    return (long) Math.ceil(amount / share);
  }

  /** What is wrong with a call being admitted; empty if nothing is. */
  String admitted(long cost, long nanos) {
    units += weighed(cost);
    pass(nanos);
    excess += Math.min(burst, weighed(1));
    missing++;
    if (units > included) {
      return units + " units alone, of at most " + included;
    }
    return excess > burst + 1 ? excess + " permits alone, of at most " + burst : "";
  }

  void ended(long cost, long actual) {
    units += weighed(actual) - weighed(cost);
  }

  private void pass(long nanos) {
    double back = (nanos - at) / intervalNanos;
    excess = Math.max(0, excess - back);
    missing = Math.max(0, missing - back);
    at = nanos;
  }

  /** Whether some of it has not come back by itself. */
  boolean owes(long nanos) {
    pass(nanos);
    return missing > 0;
  }

  /** Redis was told, or may have been: it begins anew. */
  AloneTally anew() {
    AloneTally next = new AloneTally(share, burst, intervalNanos, included);
    next.at = at;
    return next;
  }

  /** Whether all has come back, so that nobody sees when it begins anew. */
  boolean isWhole(long nanos) {
    pass(nanos);
    return excess == 0;
  }
}
