// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A refusal, with the body and headers that the API gives it. */
final class StripeError extends RuntimeException {

  static final String INVALID = "invalid_request_error";

  private final int status;
  private final ObjectNode error = Json.object();
  private final Map<String, String> headers = new LinkedHashMap<>();
  private boolean kept = true;

  private StripeError(int status, String type, @Nullable String code, String message) {
    super(message, null, false, false);
    this.status = status;
    if (code != null) {
      error.put("code", code);
      error.put("doc_url", "https://stripe.com/docs/error-codes/" + code.replace('_', '-'));
    }
    error.put("message", message);
    error.put("type", type);
    if (status < 500 && status != 409 && status != 429) {
      headers.put("Stripe-Should-Retry", "false");
    }
  }

  /** A parameter is wrong; what is found before anything is done, so not kept under a key. */
  static StripeError invalid(String code, @Nullable String param, String message) {
    return new StripeError(400, INVALID, code, message).param(param).notKept();
  }

  /** It cannot be done as things are. */
  static StripeError refused(@Nullable String code, @Nullable String param, String message) {
    return new StripeError(400, INVALID, code, message).param(param);
  }

  /** What a parameter names is not there. */
  static StripeError missing(String what, String id, String param) {
    return refused("resource_missing", param, "No such " + what + ": '" + id + "'");
  }

  /** What the path names is not there. */
  static StripeError notFound(String what, String id) {
    String message = "No such " + what + ": '" + id + "'";
    return new StripeError(404, INVALID, "resource_missing", message).param("id");
  }

  static StripeError noSuchPath(String method, String path) {
    String message =
        "Unrecognized request URL (" + method + ": " + path + "). This is not the real Stripe.";
    return new StripeError(404, INVALID, null, message).notKept();
  }

  /** Another type and status than those of above. */
  static StripeError of(int status, String type, @Nullable String code, String message) {
    return new StripeError(status, type, code, message).notKept();
  }

  /** A card did not pay. */
  static StripeError card(String message) {
    StripeError card = new StripeError(402, "card_error", "card_declined", message);
    card.error.put("decline_code", "generic_decline");
    return card;
  }

  private StripeError param(@Nullable String param) {
    if (param != null) {
      error.put("param", param);
    }
    return this;
  }

  private StripeError notKept() {
    kept = false;
    return this;
  }

  StripeError header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  /** Whether a repeat with the same idempotency key is answered with it again. */
  boolean kept() {
    return kept;
  }

  int status() {
    return status;
  }

  Answer answer() {
    ObjectNode body = Json.object();
    body.set("error", error);
    return Answer.json(status, body).with(headers);
  }
}
