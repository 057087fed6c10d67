// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.stripe.UsageComparison.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Differences that were seen, and since when they have been the same. One that lasts is no longer
 * put down to what is late. Thread-safe.
 */
final class Differences {

  private static final Duration QUIET = Duration.ofMinutes(StripeReconciler.QUIET_MINUTES);

  private final Map<Subject, NavigableMap<Instant, Seen>> seen = new HashMap<>();

  /** What may differ, at any time. */
  record Subject(String customer, String meter) {}

  /** What was seen on both sides. */
  private record Seen(Object state, Instant since) {}

  /**
   * What is to be thought of a subject.
   *
   * @param from what began before was not looked at
   * @param to nor what begins then or later
   * @param differing where it differs: when that begins, and what was seen on both sides
   */
  synchronized Verdict verdict(
      Subject subject, Instant from, Instant to, Map<Instant, ?> differing, Instant now) {
    NavigableMap<Instant, Seen> known = seen.computeIfAbsent(subject, fresh -> new TreeMap<>());
    known.subMap(from, to).keySet().retainAll(differing.keySet());
    boolean lasts = false;
    for (Map.Entry<Instant, ?> place : differing.entrySet()) {
      Seen before = known.get(place.getKey());
      boolean same = before != null && before.state.equals(place.getValue());
      Seen current = before != null && same ? before : new Seen(place.getValue(), now);
      known.put(place.getKey(), current);
      lasts |= !now.isBefore(current.since.plus(QUIET));
    }
    if (known.isEmpty()) {
      seen.remove(subject);
    }
    if (differing.isEmpty()) {
      return Verdict.EQUAL;
    }
    return lasts ? Verdict.DRIFT : Verdict.SETTLING;
  }
}
