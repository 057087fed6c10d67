// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.net.HttpHeaders;
import java.util.Optional;

/** What the headers of an answer say about asking again. */
record Reply(boolean shouldRetry, long retryAfterMillis) {

  static final Reply NONE = new Reply(false, 0);

  private static final long MOST_SECONDS = 3600;

  static Reply of(HttpHeaders headers) {
    boolean retry = "true".equals(headers.firstValue("Stripe-Should-Retry").orElse(""));
    return new Reply(retry, 1000 * seconds(headers.firstValue("Retry-After")));
  }

  /** Those that are no number of seconds are dates, which Stripe does not send. */
  private static long seconds(Optional<String> retryAfter) {
    return retryAfter
        .filter(text -> text.matches("[0-9]{1,9}"))
        .map(text -> Math.min(MOST_SECONDS, Long.parseLong(text)))
        .orElse(0L);
  }
}
