// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import java.time.Instant;

/**
 * At most so many calls in each second of the clock; none where it is zero. Guarded by the world.
 */
final class RateCeiling {

  private final int perSecond;
  private long second = Long.MIN_VALUE;
  private int calls;

  RateCeiling(int perSecond) {
    this.perSecond = perSecond;
  }

  void check(Instant now) {
    if (perSecond == 0) {
      return;
    }
    if (now.getEpochSecond() != second) {
      second = now.getEpochSecond();
      calls = 0;
    }
    if (++calls > perSecond) {
      throw tooMany("rate_limit", "Request rate limit exceeded.")
          .header("Stripe-Rate-Limited-Reason", "global-rate");
    }
  }

  static StripeError tooMany(String code, String message) {
    String more = " Learn more about rate limits here https://stripe.com/docs/rate-limits.";
    return StripeError.of(429, StripeError.INVALID, code, message + more);
  }
}
