// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Decision;
import dev.monetize.limit.Subject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this instance holds of concurrency limits, so that it can tell Redis that it lives; and how
 * much, where Redis may know it wrongly. Thread-safe.
 */
final class CallsUnderWay {

  /** By subject, what calls hold of each limit; limits as corrections of nothing. */
  private final Map<Subject, Map<Correction, Long>> held = new ConcurrentHashMap<>();

  /** Limits of which nobody knows whether Redis counts as many. */
  private final Map<Subject, Set<Correction>> doubts = new ConcurrentHashMap<>();

  void began(LimitPlan plan, Decision.Allowed allowed) {
    if (plan.holdsCalls()) {
      change(plan, allowed, 1);
    }
  }

  void ended(LimitPlan plan, Decision.Allowed allowed) {
    if (plan.holdsCalls()) {
      change(plan, allowed, -1);
    }
  }

  private void change(LimitPlan plan, Decision.Allowed allowed, int sign) {
    List<Correction> taken = plan.ended(allowed.charge());
    if (!taken.isEmpty()) {
      held.compute(
          allowed.subject(),
          (subject, known) -> {
            Map<Correction, Long> calls = known == null ? new ConcurrentHashMap<>() : known;
            for (Correction one : taken) {
              long by = -sign * one.difference();
              calls.merge(one.unchanged(), by, (was, more) -> was + more <= 0 ? null : was + more);
            }
            return calls.isEmpty() ? null : calls;
          });
    }
  }

  /**
   * Nobody knows whether Redis was told of these; what is not of calls under way is passed over.
   */
  void doubt(Subject subject, List<Correction> untold) {
    for (Correction one : untold) {
      if (one.kind() == LimitPlan.CALLS && (one.isCount() || one.difference() != 0)) {
        Correction limit = new Correction(one.scope(), one.kind(), one.id(), 0, 0, 0);
        doubts.compute(
            subject,
            (whose, known) -> {
              Set<Correction> all = known == null ? new HashSet<>() : new HashSet<>(known);
              all.add(limit);
              return all;
            });
      }
    }
  }

  /** Who is to be shown that this instance lives. */
  Set<Subject> subjects() {
    Set<Subject> all = new HashSet<>(held.keySet());
    all.addAll(doubts.keySet());
    return all;
  }

  /** Signs of life of a subject's calls; counts, where there was doubt. */
  List<Correction> signs(Subject subject) {
    Set<Correction> doubted = doubts.remove(subject);
    Map<Correction, Long> calls = held.getOrDefault(subject, Map.of());
    Set<Correction> limits = new HashSet<>(calls.keySet());
    if (doubted != null) {
      limits.addAll(doubted);
    }
    List<Correction> signs = new ArrayList<>();
    for (Correction limit : limits) {
      boolean sure = doubted == null || !doubted.contains(limit);
      signs.add(sure ? limit : limit.counted(calls.getOrDefault(limit, 0L)));
    }
    return signs;
  }
}
