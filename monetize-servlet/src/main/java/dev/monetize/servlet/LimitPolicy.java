// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Limit;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Window;
import dev.monetize.limit.WindowLimit;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What is the same in the headers of every answer under a set of limits, until a quota's window
 * ends.
 *
 * <p>Syntax and parameter names of the fields {@code RateLimit-Policy} and {@code RateLimit} are
 * those of draft-ietf-httpapi-ratelimit-headers-11 (Lists of String items, RFC 9651), here and in
 * {@link LimitHeaders} alone.
 */
final class LimitPolicy {

  private final LimitSet limits;
  private final String[] quantities;
  private final String[] items;
  private final String field;
  private final long endNanos;

  LimitPolicy(LimitSet limits, long now) {
    this.limits = limits;
    int size = limits.size();
    this.quantities = new String[size];
    this.items = new String[size];
    long end = Long.MAX_VALUE;
    for (int i = 0; i < size; i++) {
      quantities[i] = Long.toString(quantity(limits.get(i)));
      items[i] = "\"" + limits.get(i).id() + "\"";
      if (limits.get(i) instanceof WindowLimit quota) {
        end = Math.min(end, TimeUnit.SECONDS.toNanos(quota.windows().at(now).end()));
      }
    }
    this.endNanos = end;
    this.field =
        IntStream.range(0, size)
            .mapToObj(i -> items[i] + parameters(limits.get(i), now))
            .collect(Collectors.joining(", "));
  }

  private static String parameters(Limit limit, long now) {
    String quantity = ";q=" + quantity(limit);
    if (limit instanceof RateLimit rate) {
      return quantity + ";w=" + Math.max(1, rate.period().toSeconds());
    }
    if (limit instanceof WindowLimit quota) {
      Window window = quota.windows().at(now);
      return quantity + ";w=" + (window.end() - window.start());
    }
    return quantity + ";qu=\"concurrent-requests\"";
  }

  /** What a limit allows: per period, per window, or at once. */
  static long quantity(Limit limit) {
    if (limit instanceof RateLimit rate) {
      return rate.permits();
    }
    return limit instanceof WindowLimit quota ? quota.included() : ((ConcurrencyLimit) limit).max();
  }

  boolean holds(long now) {
    return now < endNanos;
  }

  LimitSet limits() {
    return limits;
  }

  /** The value of {@code RateLimit-Policy}, or null if there is no limit. */
  @Nullable String field() {
    return field.isEmpty() ? null : field;
  }

  /** A limit's name as an item of {@code RateLimit}. */
  String item(int index) {
    return items[index];
  }

  String quantity(int index) {
    return quantities[index];
  }
}
