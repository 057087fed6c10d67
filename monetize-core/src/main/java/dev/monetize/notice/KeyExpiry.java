// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When a key that expires is told of.
 *
 * @param days before its end, descending
 */
record KeyExpiry(List<Integer> days) {

  /** One that expired longer ago is no news. */
  private static final Duration NEWS = Duration.ofDays(7);

  /** What there is to tell now, or null. */
  @Nullable Notice notice(ExpiringKey key, Instant now) {
    int stage = key.at().isAfter(now) ? stage(key.at(), now) : 0;
    boolean old = !key.at().plus(NEWS).isAfter(now);
    return stage < 0 || old
        ? null
        : new Notice.KeyExpires(key.customer(), key.key(), key.at(), stage, now);
  }

  /** The least of the days that are left at most; -1 if there are more than any of them. */
  private int stage(Instant end, Instant now) {
    int reached = -1;
    for (int some : days) {
      reached = end.minus(Duration.ofDays(some)).isAfter(now) ? reached : some;
    }
    return reached;
  }
}
