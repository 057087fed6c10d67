// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Subject;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who was charged locally, in which limits, while Redis did not decide. Whose own key Redis refuses
 * is left alone for a while, each time for longer, until it answers: nobody's calls but its own
 * tell when that is mended. Thread-safe.
 */
final class Debts {

  private static final int MOST = 100_000;
  private static final long FIRST_PAUSE = TimeUnit.SECONDS.toNanos(10);
  private static final long LONGEST_PAUSE = TimeUnit.MINUTES.toNanos(10);

  private final LongSupplier nanos;
  private final Map<Subject, LimitPlan> due = new ConcurrentHashMap<>();
  private final Map<Subject, Pause> pauses = new ConcurrentHashMap<>();

  /** Until when a subject is left alone, and what it was charged in meanwhile, if anything. */
  private record Pause(@Nullable LimitPlan plan, long until, long length) {

    Pause with(@Nullable LimitPlan other) {
      return new Pause(other, until, length);
    }
  }

  /**
   * None yet.
   *
   * @param nanos a clock that never steps back
   */
  Debts(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Somebody was charged locally. */
  void add(Subject subject, LimitPlan plan) {
    boolean paused =
        !pauses.isEmpty() && pauses.computeIfPresent(subject, (s, p) -> p.with(plan)) != null;
    if (!paused && due.size() < MOST) {
      due.put(subject, plan);
    }
  }

  boolean noneDue() {
    return due.isEmpty();
  }

  /** Whether nobody owes anything, not even one who is left alone. */
  boolean none() {
    return due.isEmpty() && pauses.isEmpty();
  }

  /** Those who are to be charged now; they stay. */
  Map<Subject, LimitPlan> due() {
    return Map.copyOf(due);
  }

  /** Somebody who owes, maybe one who is left alone; null if there is nobody. */
  Map.@Nullable Entry<Subject, LimitPlan> any() {
    for (Map.Entry<Subject, LimitPlan> one : due.entrySet()) {
      return one;
    }
    for (Map.Entry<Subject, Pause> one : pauses.entrySet()) {
      LimitPlan plan = one.getValue().plan();
      if (plan != null) {
        return Map.entry(one.getKey(), plan);
      }
    }
    return null;
  }

  /** Takes one off; false if it is there no more. */
  boolean take(Subject subject, LimitPlan plan) {
    return due.remove(subject, plan);
  }

  /**
   * Redis refuses the key of a subject, which is asked again later.
   *
   * @return whether that is new
   */
  boolean pause(Subject subject) {
    long now = nanos.getAsLong();
    LimitPlan plan = due.remove(subject);
    boolean[] fresh = new boolean[1];
    pauses.compute(
        subject,
        (same, was) -> {
          fresh[0] = was == null;
          if (was == null) {
            return new Pause(plan, now + FIRST_PAUSE, FIRST_PAUSE);
          }
          Pause kept = plan == null ? was : was.with(plan);
          long length = Math.min(LONGEST_PAUSE, 2 * kept.length());
          return now - kept.until() < 0 ? kept : new Pause(kept.plan(), now + length, length);
        });
    return fresh[0];
  }

  /** Whether a subject is left alone now. */
  boolean isPaused(Subject subject) {
    Pause pause = pauses.isEmpty() ? null : pauses.get(subject);
    return pause != null && nanos.getAsLong() - pause.until() < 0;
  }

  /** Redis decided on a subject: what it owes is due. */
  void answered(Subject subject) {
    Pause pause = pauses.isEmpty() ? null : pauses.remove(subject);
    if (pause != null && pause.plan() != null) {
      due.putIfAbsent(subject, pause.plan());
    }
  }

  /** A subject owes nothing any more. */
  void repaid(Subject subject) {
    if (!pauses.isEmpty()) {
      pauses.computeIfPresent(subject, (same, pause) -> pause.with(null));
    }
  }

  /**
   * Those whose pause is over are due.
   *
   * @param others whether a subject is to be told of something else; if not, it is forgotten
   */
  void resume(Predicate<Subject> others) {
    long now = nanos.getAsLong();
    pauses.forEach(
        (subject, pause) -> {
          boolean over = now - pause.until() >= 0;
          if (over && pause.plan() != null) {
            due.putIfAbsent(subject, pause.plan());
          } else if (over && !others.test(subject)) {
            pauses.remove(subject, pause);
          }
        });
  }
}
