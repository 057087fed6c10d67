// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What failed and is tried again: after two seconds, then twice as long each time, up to ten
 * minutes; each 50 to 100 % of that. Thread-safe.
 */
final class Retries {

  private static final long FIRST_MILLIS = 2_000;
  private static final long MOST_MILLIS = Duration.ofMinutes(10).toMillis();

  private final Map<String, Failing> failing = new LinkedHashMap<>();

  private record Failing(Instant since, int times, String reason, Instant notBefore) {}

  synchronized boolean mayGo(String subject, Instant now) {
    Failing known = failing.get(subject);
    return known == null || !now.isBefore(known.notBefore);
  }

  /** Whether it is the first time in a row, or the reason is another than last time. */
  synchronized boolean failed(String subject, String reason, Instant now) {
    Failing known = failing.get(subject);
    int before = known == null ? 0 : known.times;
    long full = Math.min(MOST_MILLIS, FIRST_MILLIS << Math.min(before, 20));
    Instant notBefore = now.plusMillis(ThreadLocalRandom.current().nextLong(full / 2, full + 1));
    failing.put(
        subject, new Failing(known == null ? now : known.since, before + 1, reason, notBefore));
    return known == null || !known.reason.equals(reason);
  }

  synchronized void succeeded(String subject) {
    failing.remove(subject);
  }

  synchronized List<InboxStatus.Failure> shown() {
    List<InboxStatus.Failure> shown = new ArrayList<>();
    failing.forEach(
        (subject, known) ->
            shown.add(new InboxStatus.Failure(subject, known.since, known.times, known.reason)));
    return shown;
  }
}
