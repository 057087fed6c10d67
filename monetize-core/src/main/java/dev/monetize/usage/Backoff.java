// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Pauses between attempts: doubling from half a second to a minute, each 50 to 100 % of that. One
 * thread counts, any may ask.
 */
final class Backoff {

  private static final long FIRST_MILLIS = 500;
  private static final long MOST_MILLIS = 60_000;

  private volatile int failures;
  private Instant since = Instant.MAX;

  /** Counts a failure; whether it is the first since the last success. */
  boolean failed(Instant now) {
    int before = failures;
    failures = before + 1;
    if (before == 0 || now.isBefore(since)) {
      since = now;
    }
    return before == 0;
  }

  /** Counts a success; how many failures there were before it. */
  int succeeded() {
    int before = failures;
    failures = 0;
    return before;
  }

  int failures() {
    return failures;
  }

  /** How long it has been failing. */
  Duration lasting(Instant now) {
    return Duration.between(since, now);
  }

  Duration pause() {
    long full = Math.min(MOST_MILLIS, FIRST_MILLIS << Math.min(failures - 1, 10));
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(full / 2, full + 1));
  }
}
