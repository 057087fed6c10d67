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

  /** With those of an endpoint, and the call itself, fewer than an event holds. */
  private static final int MOST_ADDED = 16;

  private Tally() {}

  /** Whether a handler may add to one more meter: an event holds so many. */
  static boolean hasRoom(@Nullable List<Measure> added, String meter) {
    return added == null || added.size() < MOST_ADDED || indexOf(added, meter) >= 0;
  }

  /** Adds units to what a handler has added so far; null stands for nothing. */
  static List<Measure> plus(@Nullable List<Measure> added, Measure more) {
    if (added == null) {
      List<Measure> first = new ArrayList<>(1);
      first.add(more);
      return first;
    }
    int present = indexOf(added, more.meter());
    if (present < 0) {
      added.add(more);
    } else {
      added.set(present, new Measure(more.meter(), plus(added.get(present).units(), more.units())));
    }
    return added;
  }

  /**
   * What a billable call counts: itself, the meters of its endpoint that need nobody to say how
   * much, and what its handler or its answer added, to whichever meter. A meter that was to be
   * added to and was not is not counted with 0 units, which a minimum or a last value would take
   * for one.
   */
  static List<Measure> of(Endpoint endpoint, @Nullable List<Measure> added, long elapsedNanos) {
    if (endpoint.meters().isEmpty() && added == null) {
      return ONE_CALL;
    }
    List<Measure> measures = new ArrayList<>(endpoint.meters().size() + 2);
    measures.add(ONE_CALL.get(0));
    for (MeterRule rule : endpoint.meters()) {
      if (rule.units() instanceof MeterRule.Units.Fixed fixed) {
        measures.add(new Measure(rule.meter(), fixed.units()));
      } else if (rule.units() instanceof MeterRule.Units.Elapsed) {
        measures.add(new Measure(rule.meter(), millis(elapsedNanos)));
      }
    }
    if (added != null) {
      for (Measure measure : added) {
        plus(measures, measure);
      }
    }
    return measures;
  }

  private static long millis(long nanos) {
    return Math.max(0, Math.floorDiv(nanos + 999_999, 1_000_000L));
  }

  static long units(List<Measure> measures, String meter) {
    int index = indexOf(measures, meter);
    return index < 0 ? 0 : measures.get(index).units();
  }

  private static int indexOf(List<Measure> measures, String meter) {
    for (int i = 0; i < measures.size(); i++) {
      if (measures.get(i).meter().equals(meter)) {
        return i;
      }
    }
    return -1;
  }

  private static long plus(long a, long b) {
    long sum = a + b;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }
}
