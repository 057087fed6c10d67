// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.limit.Decision;
import dev.monetize.limit.Standing;
import dev.monetize.tier.Endpoint;
import dev.monetize.usage.Measure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An admitted call, from admission to settlement. Thread-safe: units may be added, and the call
 * settled, from any thread.
 *
 * <p>Settle it exactly once; what comes after the first time does nothing. In try-with-resources a
 * call that was not settled is {@linkplain Outcome#abandoned abandoned}: not billed, and its hold
 * on concurrency limits ended.
 */
public final class Granted implements Admission, AutoCloseable {

  private final Settling settling;
  private final Caller caller;
  private final Endpoint endpoint;
  private final Decision.Allowed allowed;
  private final long admittedNanos;
  private final boolean metered;
  private @Nullable List<Measure> added;
  private boolean settled;

  Granted(
      Settling settling,
      Caller caller,
      Endpoint endpoint,
      Decision.Allowed allowed,
      long admittedNanos,
      boolean metered) {
    this.settling = settling;
    this.caller = caller;
    this.endpoint = endpoint;
    this.allowed = allowed;
    this.admittedNanos = admittedNanos;
    this.metered = metered;
  }

  /** Who called. */
  public Caller caller() {
    return caller;
  }

  /** What was called. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** How the caller stands in each limit, this call counted. */
  public Standing standing() {
    return allowed.standing();
  }

  /** When the call was admitted, in nanoseconds since the epoch. */
  public long admittedNanos() {
    return admittedNanos;
  }

  /**
   * Adds units to a meter, on top of what was added before; what is too much for a {@code long}
   * stays at its largest value. They are counted if the call turns out to be billable.
   *
   * @return whether they will be counted; false once the call is settled, and for more than 16
   *     different meters in one call
   * @throws IllegalArgumentException if units are negative
   */
  public boolean add(String meter, long units) {
    Measure more = new Measure(meter, units);
    synchronized (this) {
      if (!settled && Tally.hasRoom(added, meter)) {
        added = Tally.plus(added, more);
        return true;
      }
    }
    settling.notCounted(this, more);
    return false;
  }

  /**
   * Ends the call: counts it if its outcome is billable, gives back what was reserved too much, and
   * appends its usage event. Never throws.
   *
   * @return whether this was the first time
   */
  public boolean settle(Outcome outcome) {
    synchronized (this) {
      if (settled) {
        return false;
      }
      settled = true;
    }
    settling.settle(this, outcome);
    return true;
  }

  /** Settles the call as abandoned, if it has not been settled. */
  @Override
  public void close() {
    settle(Outcome.abandoned());
  }

  /** What the handler added; asked once the call is settled. */
  List<Measure> added() {
    return added == null ? List.of() : added;
  }

  /** Whether the endpoint says that it counts a meter. */
  boolean declares(String meter) {
    return meter.equals(Plan.CALLS)
        || endpoint.meters().stream().anyMatch(rule -> rule.meter().equals(meter));
  }

  /** Whether there was room for its event when it was admitted. */
  boolean metered() {
    return metered;
  }

  Decision.Allowed allowed() {
    return allowed;
  }

  /**
   * What the call counts if it is billable; asked once it is settled, when nothing is added any
   * more.
   */
  List<Measure> measures(long now) {
    return Tally.of(endpoint, added, now - admittedNanos);
  }

  @Override
  public String toString() {
    return "Granted[" + caller + ", " + endpoint.label() + "]";
  }
}
