// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Decision;
import dev.monetize.limit.Limit;
import dev.monetize.limit.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * What this instance holds of concurrency limits, so that it can tell Redis that it lives.
 * Thread-safe.
 */
final class CallsUnderWay {

  /** By subject, how many calls hold each limit; as corrections of nothing. */
  private final Map<Subject, Map<Correction, Integer>> held = new ConcurrentHashMap<>();

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

  private void change(LimitPlan plan, Decision.Allowed allowed, int by) {
    List<Correction> limits = limits(plan, allowed);
    if (!limits.isEmpty()) {
      held.compute(
          allowed.subject(),
          (subject, known) -> {
            Map<Correction, Integer> calls = known == null ? new ConcurrentHashMap<>() : known;
            for (Correction limit : limits) {
              calls.merge(limit, by, (was, more) -> was + more <= 0 ? null : was + more);
            }
            return calls.isEmpty() ? null : calls;
          });
    }
  }

  private static List<Correction> limits(LimitPlan plan, Decision.Allowed allowed) {
    List<Correction> limits = new ArrayList<>();
    for (int i = 0; i < allowed.limits().size(); i++) {
      Limit limit = allowed.limits().get(i);
      if (limit instanceof ConcurrencyLimit && allowed.charge().amount(i) > 0) {
        limits.add(plan.ended(i, 0));
      }
    }
    return limits;
  }

  void forEach(BiConsumer<Subject, List<Correction>> each) {
    held.forEach((subject, calls) -> each.accept(subject, List.copyOf(calls.keySet())));
  }
}
