// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tokens for the stream of meter events, each good for a quarter of an hour. */
final class Sessions {

  private static final String STREAM = "/v2/billing/meter_event_stream";
  private static final Duration VALID = Duration.ofMinutes(15);

  private final World world;
  private final Map<String, Instant> tokens = new HashMap<>();

  Sessions(World world) {
    this.world = world;
  }

  void routes(Router router) {
    router.add("POST", "/v2/billing/meter_event_session", request -> create());
  }

  private JsonNode create() {
    Instant now = world.agenda().now();
    String token = world.ids().next("token", 40);
    tokens.put(token, now.plus(VALID));
    return Json.object()
        .put("id", world.ids().next("mes"))
        .put("object", "v2.billing.meter_event_session")
        .put("authentication_token", token)
        .put("created", now.toString())
        .put("expires_at", now.plus(VALID).toString())
        .put("livemode", false);
  }

  /** Whether a call is let in by a token; the stream is for nobody else. */
  boolean admits(Call call, @Nullable String token) {
    if (!call.path().equals(STREAM)) {
      return false;
    }
    Instant until = token == null ? null : tokens.get(token);
    if (until == null) {
      throw StripeError.of(
          401, StripeError.INVALID, null, "The stream takes the token of a session as its key.");
    }
    if (!until.isAfter(world.agenda().now())) {
      throw StripeError.of(
          400,
          "temporary_session_expired",
          "billing_meter_event_session_expired",
          "The session has expired.");
    }
    return true;
  }
}
