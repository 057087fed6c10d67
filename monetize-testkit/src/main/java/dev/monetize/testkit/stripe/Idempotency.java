// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers by idempotency key, for a day. The first version of the API keeps refusals and failures
 * too; the second only successes. Guarded by the world.
 */
final class Idempotency {

  private static final Duration KEPT = Duration.ofHours(24);
  private static final int LONGEST = 255;

  private record Entry(String path, ObjectNode params, Instant since, @Nullable Answer answer) {}

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /** The answer that was given before, or null: then the call is noted as in progress. */
  @Nullable Answer begin(Call call, ObjectNode params, String key, Instant now) {
    if (key.length() > LONGEST) {
      throw StripeError.invalid(
          "parameter_invalid_string",
          "idempotency_key",
          "Idempotency keys must be at most 255 characters long.");
    }
    forget(now);
    Entry entry = entries.get(key);
    if (entry == null) {
      entries.put(key, new Entry(call.method() + call.path(), params.deepCopy(), now, null));
      return null;
    }
    refuse(entry, call, params, key);
    Answer answer = entry.answer();
    return answer == null ? null : answer.with(Map.of("Idempotent-Replayed", "true"));
  }

  private static void refuse(Entry entry, Call call, ObjectNode params, String key) {
    if (!entry.path().equals(call.method() + call.path()) || !entry.params().equals(params)) {
      throw StripeError.of(
          400,
          "idempotency_error",
          null,
          "Keys for idempotent requests can only be used with the same parameters they were first"
              + " used with. Try using a key other than '"
              + key
              + "' if you meant to execute a different request.");
    }
    if (entry.answer() == null) {
      throw StripeError.of(
              409,
              "idempotency_error",
              "idempotency_key_in_use",
              "There is currently another in-progress request using this Idempotent Key (that"
                  + " probably means you submitted twice, and the other request is still going"
                  + " through): "
                  + key
                  + ". Please try again later.")
          .header("Stripe-Should-Retry", "true");
    }
  }

  /** Keeps an answer under its key. */
  void keep(String key, Answer answer) {
    Entry entry = entries.get(key);
    if (entry != null) {
      entries.put(key, new Entry(entry.path(), entry.params(), entry.since(), answer));
    }
  }

  /** Forgets a call whose answer is not kept: the key is free again. */
  void drop(String key) {
    entries.remove(key);
  }

  private void forget(Instant now) {
    Iterator<Entry> oldest = entries.values().iterator();
    while (oldest.hasNext() && !oldest.next().since().plus(KEPT).isAfter(now)) {
      oldest.remove();
    }
  }
}
