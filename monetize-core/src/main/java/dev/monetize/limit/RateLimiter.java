// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

/**
 * Holds callers to their limits. Every rate limit, quota and concurrency limit of a call is decided
 * in one atomic step: all are charged or none is.
 *
 * <p>Implementations are thread-safe and never block on I/O for longer than their stated timeout.
 * Times are nanoseconds since the epoch, read once per call by the caller. A clock that steps back
 * never refills a limit or reopens a window.
 */
public interface RateLimiter extends AutoCloseable {

  /**
   * Decides a call and, if it is allowed, charges it.
   *
   * @param now nanoseconds since the epoch
   */
  Decision acquire(Subject subject, Charge charge, long now);

  /**
   * Corrects an allowed call to what it really used, and ends its hold on concurrency limits.
   * Called at most once for each allowed call.
   *
   * <p>For window limits the difference to what was taken is given back, or taken even past the
   * ceiling (then the next call is refused), in the window that the call was charged to; once that
   * window is over, nothing happens. Rate is never given back.
   *
   * @param actual for each limit of the charge, what was really used
   */
  void settle(Decision.Allowed allowed, long[] actual, long now);

  /** How a subject stands, without charging it. */
  Standing peek(Subject subject, LimitSet limits, long now);

  @Override
  default void close() {}
}
