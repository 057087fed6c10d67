// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import java.util.Arrays;

/**
 * What a {@link RateLimiter} says to a call. What only a refusal has, exists only on the refusal.
 */
public sealed interface Decision {

  /** How the subject stands after this decision. */
  Standing standing();

  /**
   * The positions of limits in shadow mode that would have refused, one bit each; 0 where none
   * would.
   */
  long shadowed();

  /** The call may go on; every limit has been charged. Is itself the standing after that. */
  final class Allowed extends Standing implements Decision {

    private static final long HUNDRED = 100;

    private final Subject subject;
    private final Charge charge;

    /**
     * Used by implementations of {@link RateLimiter}.
     *
     * @param subject who was charged
     * @param charge what was taken
     * @param cells as those of {@link Standing#of}
     */
    public Allowed(Subject subject, Charge charge, long[] cells, long shadowed) {
      super(with(shadowed, checked(charge.limits(), cells)));
      this.subject = subject;
      this.charge = charge;
    }

    /** One number more, where there is something to tell: that is rare, and a field is not. */
    private static long[] with(long shadowed, long[] cells) {
      if (shadowed == 0) {
        return cells;
      }
      long[] more = Arrays.copyOf(cells, cells.length + 1);
      more[cells.length] = shadowed;
      return more;
    }

    /** Who was charged. */
    public Subject subject() {
      return subject;
    }

    /** What was taken. */
    public Charge charge() {
      return charge;
    }

    /**
     * Whether it was this call with which a share of a quota was used up; so it is of one call of a
     * window, where all charge the same limiter, unless something is given back.
     *
     * @param percent of the included units, at least 1; above 100 it is of overage
     * @return false for a limit without windows, and one that includes nothing
     */
    public boolean crosses(int index, int percent) {
      if (!(limits().get(index) instanceof WindowLimit window) || window.included() == 0) {
        return false;
      }
      long included = window.included();
      long reached = included / HUNDRED * percent + (included % HUNDRED * percent + 99) / HUNDRED;
      return used(index) >= reached && used(index) - charge.amount(index) < reached;
    }

    @Override
    public LimitSet limits() {
      return charge.limits();
    }

    @Override
    public Standing standing() {
      return this;
    }

    @Override
    public long shadowed() {
      return cells.length == limits().cells() ? 0 : cells[cells.length - 1];
    }
  }

  /**
   * The call is refused; nothing was charged anywhere.
   *
   * @param limit the position, in the set, of the limit that refused; of several the one that keeps
   *     the caller waiting longest
   * @param retryAfterNanos how long to wait: who waits exactly that long, while nobody else uses
   *     the allowance, is admitted. {@link Long#MAX_VALUE} where no waiting helps
   */
  record Refused(int limit, long retryAfterNanos, Standing standing, long shadowed)
      implements Decision {

    /** The limit that refused. */
    public Limit violated() {
      return standing.limits().get(limit);
    }
  }
}
