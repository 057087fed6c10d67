// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

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

  /**
   * The call may go on; every limit has been charged.
   *
   * @param subject who was charged
   * @param charge what was taken
   */
  record Allowed(Subject subject, Charge charge, Standing standing, long shadowed)
      implements Decision {}

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
