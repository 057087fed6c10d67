// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Limit;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Standing;
import dev.monetize.limit.WindowLimit;
import jakarta.servlet.http.HttpServletResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes how a caller stands in its limits: {@code X-RateLimit-Limit}, {@code -Remaining} and
 * {@code -Reset} of the tightest, and {@code RateLimit-Policy} and {@code RateLimit} of all. Never
 * fails: what cannot be told is logged, and the answer goes without.
 */
final class LimitHeaders {

  private static final Logger log = LoggerFactory.getLogger(LimitHeaders.class);
  private static final long SECOND = 1_000_000_000L;
  private static final int MOST_POLICIES = 1_000;

  private static final ThreadLocal<HeaderText> TEXT = ThreadLocal.withInitial(HeaderText::new);

  private final Cache<LimitSet, LimitPolicy> policies =
      Caffeine.newBuilder().maximumSize(MOST_POLICIES).build();
  private final boolean resetAsDelta;
  private volatile Second lastReset = new Second(0, "0");

  /** Text of a second, shared by calls that name the same one. */
  private record Second(long value, String text) {}

  /**
   * Writes headers.
   *
   * @param resetAsDelta whether {@code X-RateLimit-Reset} tells seconds from now rather than since
   *     the epoch
   */
  LimitHeaders(boolean resetAsDelta) {
    this.resetAsDelta = resetAsDelta;
  }

  /** Writes the headers of a call that goes on. */
  void write(HttpServletResponse response, Standing standing, long now) {
    try {
      write(response, standing, tightest(standing), -1, now);
    } catch (RuntimeException e) {
      untold(e);
    }
  }

  /** Writes the headers of a refused call: of the limit that refused it. */
  void writeRefusal(
      HttpServletResponse response, Standing standing, int violated, long retryNanos, long now) {
    try {
      write(response, standing, violated, retryNanos, now);
    } catch (RuntimeException e) {
      untold(e);
    }
  }

  private static void untold(RuntimeException failure) {
    log.warn("headers of limits could not be written: the call goes on without them", failure);
  }

  private void write(
      HttpServletResponse response, Standing standing, int tightest, long retryNanos, long now) {
    if (tightest < 0) {
      return;
    }
    LimitPolicy policy = policy(standing.limits(), now);
    String remaining = Long.toString(standing.remaining(tightest));
    String reset = reset(standing.resetNanos(tightest), now);
    String field = field(policy, standing, tightest, retryNanos);
    response.setHeader("X-RateLimit-Limit", policy.quantity(tightest));
    response.setHeader("X-RateLimit-Remaining", remaining);
    response.setHeader("X-RateLimit-Reset", reset);
    response.setHeader("RateLimit-Policy", policy.field());
    response.setHeader("RateLimit", field);
  }

  private LimitPolicy policy(LimitSet limits, long now) {
    LimitPolicy policy = policies.getIfPresent(limits);
    if (policy == null || !policy.holds(now)) {
      policy = new LimitPolicy(limits, now);
      policies.put(limits, policy);
    }
    return policy;
  }

  private String reset(long nanos, long now) {
    long seconds = resetAsDelta ? ceilSeconds(nanos) : ceilSeconds(sum(now, nanos));
    Second last = lastReset;
    if (last.value != seconds) {
      last = new Second(seconds, Long.toString(seconds));
      lastReset = last;
    }
    return last.text;
  }

  /** {@code "rate";r=9;t=6, "calls/month";r=995;t=86400}: t is when more becomes available. */
  private static String field(
      LimitPolicy policy, Standing standing, int violated, long retryNanos) {
    HeaderText text = TEXT.get().clear();
    for (int i = 0; i < standing.limits().size(); i++) {
      if (i > 0) {
        text.append(", ");
      }
      long more = retryNanos >= 0 && i == violated ? retryNanos : moreNanos(standing, i);
      text.append(policy.item(i))
          .append(";r=")
          .append(standing.remaining(i))
          .append(";t=")
          .append(ceilSeconds(more));
    }
    return text.toString();
  }

  /** Until one more permit of a rate limit arrives; for the others, until the reset. */
  private static long moreNanos(Standing standing, int index) {
    long reset = standing.resetNanos(index);
    if (!(standing.limits().get(index) instanceof RateLimit rate)) {
      return reset;
    }
    long missing = rate.burst() - standing.remaining(index) - 1;
    return missing <= 0 ? reset : Math.max(0, reset - missing * rate.intervalNanos());
  }

  /**
   * The limit with the smallest share left, of those that can refuse a call; -1 if there is none at
   * all.
   */
  private static int tightest(Standing standing) {
    LimitSet limits = standing.limits();
    int tightest = -1;
    double least = Double.MAX_VALUE;
    for (int i = 0; i < limits.size(); i++) {
      double share = share(standing, i, limits.get(i));
      if (share < least) {
        least = share;
        tightest = i;
      }
    }
    return tightest;
  }

  private static double share(Standing standing, int index, Limit limit) {
    if (limit instanceof RateLimit rate) {
      return later(limit) + (double) standing.remaining(index) / rate.burst();
    }
    if (limit instanceof WindowLimit quota) {
      return later(limit) + (double) standing.remaining(index) / Math.max(1, quota.included());
    }
    return later(limit) + (double) standing.remaining(index) / ((ConcurrencyLimit) limit).max();
  }

  /** Limits that refuse nothing, or that tell little of the next call, come last. */
  private static int later(Limit limit) {
    if (limit.shadow()
        || limit instanceof ConcurrencyLimit
        || (limit instanceof WindowLimit quota && quota.ceiling() == Long.MAX_VALUE)) {
      return 2;
    }
    return limit instanceof RateLimit rate && rate.pastQuota() != null ? 1 : 0;
  }

  /** A time after another, or the last there is. */
  static long sum(long now, long nanos) {
    return nanos > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + nanos;
  }

  static long ceilSeconds(long nanos) {
    return nanos <= 0 ? 0 : (nanos - 1) / SECOND + 1;
  }
}
