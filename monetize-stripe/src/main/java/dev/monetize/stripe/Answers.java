// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.IdempotencyException;
import com.stripe.exception.StripeException;
import com.stripe.model.StripeError;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What errors of Stripe mean for a meter event. An identifier that is known already is an error
 * there (400), and success here.
 */
final class Answers {

  private static final int CONFLICT = 409;
  private static final int TOO_MANY = 429;

  private Answers() {}

  static Answer of(StripeException e, Reply reply) {
    if (e instanceof ApiConnectionException) {
      return neverSent(e.getCause())
          ? new Answer.NotTaken(String.valueOf(e.getMessage()), 0)
          : new Answer.InDoubt(String.valueOf(e.getMessage()), false, 0);
    }
    int status = e.getStatusCode() == null ? 0 : e.getStatusCode();
    String reason = status + " " + e.getMessage();
    if (isKnown(e)) {
      return new Answer.Arrived();
    }
    if (status == TOO_MANY) {
      return new Answer.NotTaken(reason, reply.retryAfterMillis());
    }
    if (status == 401 || status == 403) {
      return new Answer.Locked(reason);
    }
    // Stripe-Should-Retry: false is not looked for here. It is about this very request, the answer
    // to which Stripe repeats for its idempotency key; what is sent later has another key, and
    // counts once by its identifier. Not to send it would leave use unbilled for Stripe's error.
    boolean again =
        status == CONFLICT
            || status >= 500
            || status == 0
            || e instanceof IdempotencyException
            || reply.shouldRetry();
    return again
        ? new Answer.InDoubt(reason, true, reply.retryAfterMillis())
        : new Answer.Refused(reason);
  }

  /** Whether no byte of it can have left. */
  private static boolean neverSent(@Nullable Throwable cause) {
    return cause instanceof ConnectException
        || cause instanceof HttpConnectTimeoutException
        || cause instanceof UnresolvedAddressException;
  }

  /** In the first version of the API such an error has no code of its own, only its text. */
  private static boolean isKnown(StripeException e) {
    StripeError error = e.getStripeError();
    String code = error == null ? e.getCode() : error.getCode();
    String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return "duplicate_meter_event".equals(code)
        || (e.getStatusCode() != null
            && e.getStatusCode() == 400
            && text.contains("event already exists with identifier"));
  }
}
