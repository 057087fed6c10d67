// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.monetize.limit.Charge;
import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Decision.Refused;
import dev.monetize.limit.Subject;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Refusals of a moment ago, so that who is refused again and again costs Redis one question a
 * second. A refusal is told again until it would end, for a second at most, and only of the same
 * charge: after a change of tier there is another. Thread-safe.
 */
final class Refusals {

  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int MOST = 100_000;

  /** Kept in order by who calls: handing that to another thread costs more. */
  private final Cache<Subject, Known> known =
      Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run).build();

  /** What was refused, and from when until when that is told again. */
  private record Known(Charge charge, Refused refused, long since, long until) {}

  /** The refusal of a charge that still holds, or null. */
  @Nullable Refused of(Subject subject, Charge charge, long now) {
    Known last = known.getIfPresent(subject);
    if (last == null || last.charge != charge) {
      return null;
    }
    if (now < last.since || now - last.until >= 0) {
      known.asMap().remove(subject, last);
      return null;
    }
    return later(last.refused, now - last.since);
  }

  private static Refused later(Refused refused, long nanos) {
    long retry = refused.retryAfterNanos();
    return retry == Long.MAX_VALUE
        ? refused
        : new Refused(refused.limit(), retry - nanos, refused.standing(), refused.shadowed());
  }

  /** Remembers a refusal; nobody knows when a call under way ends, so not one for that. */
  void add(Subject subject, Charge charge, Refused refused, long now) {
    if (!(refused.violated() instanceof ConcurrencyLimit)) {
      long told = Math.min(refused.retryAfterNanos(), LONGEST_NANOS);
      known.put(subject, new Known(charge, refused, now, now + told));
    }
  }

  /** A subject got something back. */
  void forget(Subject subject) {
    known.invalidate(subject);
  }
}
