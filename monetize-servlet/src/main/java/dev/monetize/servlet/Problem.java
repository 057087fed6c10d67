// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import dev.monetize.Caller;
import dev.monetize.Denied;
import dev.monetize.Monetizer;
import dev.monetize.Reason;
import dev.monetize.limit.Decision;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers a refused call: {@code application/problem+json} (RFC 9457) with the reason, the limit,
 * when it resets and where to get more. Holds nothing that the caller sent.
 */
final class Problem {

  private static final String PROBLEM = "application/problem+json";
  private static final String TYPE = "urn:monetize:problem:";

  private Problem() {}

  static void send(
      HttpServletResponse response, Denied denied, Monetizer monetizer, LimitHeaders headers)
      throws IOException {
    long now = denied.decidedNanos();
    denied
        .decision()
        .ifPresent(
            refused ->
                headers.writeRefusal(
                    response, refused.standing(), refused.limit(), refused.retryAfterNanos(), now));
    denied
        .retryAfterNanos()
        .ifPresent(
            nanos ->
                response.setHeader(
                    "Retry-After", Long.toString(Math.max(1, LimitHeaders.ceilSeconds(nanos)))));
    Reason reason = denied.reason();
    if (Statuses.of(reason) == 401) {
      response.setHeader("WWW-Authenticate", "Bearer");
    }
    Json.write(
        response,
        Statuses.of(reason),
        PROBLEM,
        body(denied, monetizer.tiers().upgradeUrl().orElse(null), now));
  }

  /** Answers with a problem that is not a refusal of a call: a bad admin request. */
  static void send(HttpServletResponse response, int status, String title, String detail)
      throws IOException {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", "about:blank");
    body.put("title", title);
    body.put("status", status);
    body.put("detail", detail);
    Json.write(response, status, PROBLEM, body);
  }

  private static Map<String, Object> body(Denied denied, @Nullable String upgrade, long now) {
    Reason reason = denied.reason();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", TYPE + reason.code());
    body.put("title", Statuses.title(reason));
    body.put("status", Statuses.of(reason));
    body.put("detail", denied.detail());
    body.put("reason", reason.code());
    denied.caller().map(Caller::tier).ifPresent(tier -> body.put("tier", tier.name()));
    denied.decision().ifPresent(refused -> putLimit(body, refused, now));
    if (!denied.tiers().isEmpty()) {
      body.put("tiers", denied.tiers());
    }
    if (upgrade != null && isMoreHad(reason)) {
      body.put("upgrade", upgrade);
    }
    return body;
  }

  private static void putLimit(Map<String, Object> body, Decision.Refused refused, long now) {
    Map<String, Object> limit = new LinkedHashMap<>();
    long quantity = LimitPolicy.quantity(refused.violated());
    limit.put("name", refused.violated().id());
    limit.put("limit", quantity);
    limit.put("remaining", refused.standing().remaining(refused.limit()));
    body.put("limit", limit);
    long reset =
        LimitHeaders.ceilSeconds(
            LimitHeaders.sum(now, refused.standing().resetNanos(refused.limit())));
    body.put("reset", Instant.ofEpochSecond(reset).toString());
    if (refused.retryAfterNanos() != Long.MAX_VALUE) {
      body.put("retryAfter", Math.max(1, LimitHeaders.ceilSeconds(refused.retryAfterNanos())));
    }
  }

  /** Whether another tier would help. */
  private static boolean isMoreHad(Reason reason) {
    return reason == Reason.NOT_IN_TIER
        || reason == Reason.RATE_LIMITED
        || reason == Reason.QUOTA_EXCEEDED
        || reason == Reason.TOO_MANY_CONCURRENT
        || reason == Reason.NO_SUBSCRIPTION;
  }
}
