// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.StripeException;
import com.stripe.net.RequestOptions;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Calls that change something at Stripe, each with an idempotency key. A call whose answer was lost
 * is made once more under the same key. One that somebody makes at the same time is waited for, for
 * some seconds. Thread-safe.
 */
final class StripeCalls {

  private static final int SERVER_ERROR = 500;
  private static final int MOST_REMEMBERED = 10_000;
  private static final String IN_USE = "idempotency_key_in_use";
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int MOST_PAUSES = 50;

  /** Stripe repeats a stored error of its own for a day: the next try has another key. */
  private final Map<String, Integer> errors = new ConcurrentHashMap<>();

  /** A call. */
  @FunctionalInterface
  interface Call<T> {
    T with(RequestOptions options) throws StripeException;
  }

  /**
   * What is to happen once, also if the process ends meanwhile, or two ask for it at once.
   *
   * @param what names the kind of call
   * @param which names what exactly is asked for, and what there was before: the same again later
   *     is another call
   */
  <T> T once(String what, String which, Call<T> call) throws StripeException {
    String base = "monetize-" + what + "-" + hash(which);
    String key = base + "-" + errors.getOrDefault(base, 0);
    try {
      return oneAfterTheOther(key, call);
    } catch (StripeException e) {
      if (e.getStatusCode() != null && e.getStatusCode() >= SERVER_ERROR) {
        remember(base);
      }
      throw e;
    }
  }

  /** While somebody else asks for the same, Stripe tells nothing: afterwards what that one got. */
  private static <T> T oneAfterTheOther(String key, Call<T> call) throws StripeException {
    for (int left = MOST_PAUSES; ; left--) {
      try {
        return twice(key, call);
      } catch (StripeException e) {
        if (left == 0 || !IN_USE.equals(e.getCode())) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  /** What may happen again later. */
  <T> T freely(Call<T> call) throws StripeException {
    return twice("monetize-" + UUID.randomUUID(), call);
  }

  private static <T> T twice(String key, Call<T> call) throws StripeException {
    RequestOptions options = RequestOptions.builder().setIdempotencyKey(key).build();
    try {
      return call.with(options);
    } catch (ApiConnectionException e) {
      return call.with(options);
    }
  }

  private void remember(String key) {
    if (errors.size() >= MOST_REMEMBERED) {
      errors.clear();
    }
    errors.merge(key, 1, Integer::sum);
  }

  private static String hash(String which) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(which.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
