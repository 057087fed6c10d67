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
 * second for each amount that is asked for. A refusal is told again until it would end, for a
 * second at most, and only of a charge of the same amounts: after a change of tier there is
 * another. Thread-safe.
 */
final class Refusals {

  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int MOST = 100_000;

  /** Of one subject: the latest. */
  private static final int MOST_EACH = 8;

  /** Kept in order by who calls: handing that to another thread costs more. */
  private final Cache<Subject, Known> known =
      Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run).build();

  /** What was refused, from when until when that is told again, and what was before. */
  private record Known(
      Charge charge, Refused refused, long since, long until, @Nullable Known former) {

    boolean holds(long now) {
      return now >= since && now - until < 0;
    }

    /** Whether the other charge would be refused likewise: endpoints may cost the same. */
    boolean isOf(Charge other) {
      if (charge == other) {
        return true;
      }
      boolean same = charge.limits() == other.limits();
      for (int i = 0; same && i < other.limits().size(); i++) {
        same = charge.amount(i) == other.amount(i);
      }
      return same;
    }

    Known after(@Nullable Known other) {
      return new Known(charge, refused, since, until, other);
    }
  }

  /** Those that hold, of other charges, so many at most. */
  private static @Nullable Known others(@Nullable Known last, Charge charge, long now, int most) {
    if (last == null || most == 0) {
      return null;
    }
    boolean kept = last.holds(now) && !last.isOf(charge);
    Known others = others(last.former, charge, now, kept ? most - 1 : most);
    return kept ? last.after(others) : others;
  }

  /** The refusal of a charge that still holds, or null. */
  @Nullable Refused of(Subject subject, Charge charge, long now) {
    Known last = known.getIfPresent(subject);
    Known same = last;
    while (same != null && !same.isOf(charge)) {
      same = same.former;
    }
    if (same == null) {
      return null;
    }
    if (!same.holds(now)) {
      known.asMap().computeIfPresent(subject, (whose, all) -> others(all, charge, now, MOST_EACH));
      return null;
    }
    return later(same.refused, now - same.since);
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
      long until = now + Math.min(refused.retryAfterNanos(), LONGEST_NANOS);
      known
          .asMap()
          .compute(
              subject,
              (whose, all) ->
                  new Known(charge, refused, now, until, others(all, charge, now, MOST_EACH - 1)));
    }
  }

  /** A subject got something back. */
  void forget(Subject subject) {
    known.invalidate(subject);
  }
}
