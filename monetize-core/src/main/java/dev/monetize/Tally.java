// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.tier.Endpoint;
import dev.monetize.tier.MeterRule;
import dev.monetize.usage.Measure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Adds up what a call counts. */
final class Tally {

  private static final List<Measure> ONE_CALL = List.of(new Measure(Plan.CALLS, 1));

  private Tally() {}

  /** Adds units to what a handler has added so far; null stands for nothing. */
  static List<Measure> plus(@Nullable List<Measure> added, Measure more) {
    if (added == null) {
      List<Measure> first = new ArrayList<>(1);
      first.add(more);
      return first;
    }
    for (int i = 0; i < added.size(); i++) {
      if (added.get(i).meter().equals(more.meter())) {
        added.set(i, new Measure(more.meter(), plus(added.get(i).units(), more.units())));
        return added;
      }
    }
    added.add(more);
    return added;
  }

  /**
   * What a billable call counts: itself, the meters of its endpoint, and what its handler added, to
   * whichever meter.
   */
  static List<Measure> of(Endpoint endpoint, @Nullable List<Measure> added, long elapsedNanos) {
    if (endpoint.meters().isEmpty() && added == null) {
      return ONE_CALL;
    }
    List<Measure> measures = new ArrayList<>(endpoint.meters().size() + 2);
    measures.add(ONE_CALL.get(0));
    for (MeterRule rule : endpoint.meters()) {
      measures.add(new Measure(rule.meter(), byRule(rule, elapsedNanos)));
    }
    if (added != null) {
      for (Measure measure : added) {
        plus(measures, measure);
      }
    }
    return measures;
  }

  private static long byRule(MeterRule rule, long elapsedNanos) {
    if (rule.units() instanceof MeterRule.Units.Fixed fixed) {
      return fixed.units();
    }
    if (rule.units() instanceof MeterRule.Units.Elapsed) {
      return Math.max(0, Math.floorDiv(elapsedNanos + 999_999, 1_000_000L));
    }
    return 0;
  }

  static long units(List<Measure> measures, String meter) {
    for (int i = 0; i < measures.size(); i++) {
      if (measures.get(i).meter().equals(meter)) {
        return measures.get(i).units();
      }
    }
    return 0;
  }

  private static long plus(long a, long b) {
    long sum = a + b;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }
}
