// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.stripe.OutboxEntry.Use;
import dev.monetize.usage.Measure;
import dev.monetize.usage.UsageBatch;
import dev.monetize.usage.UsageEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What a batch comes to, window by window. */
final class Uses {

  private static final long HOUR = 3600;

  private final Set<String> meters;
  private final PeriodStarts periods;
  private final Predicate<String> sold;

  /**
   * Of some meters.
   *
   * @param meters ours; others are not reported
   * @param sold tiers; use in others is dropped
   */
  Uses(Set<String> meters, PeriodStarts periods, Predicate<String> sold) {
    this.meters = Set.copyOf(meters);
    this.periods = periods;
    this.sold = sold;
  }

  /**
   * Those of a batch, in order.
   *
   * @throws ArithmeticException if a sum exceeds a {@code long}
   */
  List<Use> of(UsageBatch batch) {
    SortedMap<UsageWindow, Use> uses = new TreeMap<>();
    for (UsageEvent event : batch.events()) {
      boolean billed = sold.test(event.tier());
      for (Measure measure : event.measures()) {
        if (measure.units() > 0 && meters.contains(measure.meter())) {
          add(event, measure, billed, uses);
        }
      }
    }
    return new ArrayList<>(uses.values());
  }

  private void add(
      UsageEvent event, Measure measure, boolean billed, SortedMap<UsageWindow, Use> uses) {
    Instant time = event.time();
    UsageWindow window =
        new UsageWindow(event.customer(), measure.meter(), start(event.customer(), time));
    Use use =
        billed
            ? new Use(window, measure.units(), time.getEpochSecond(), 0)
            : new Use(window, 0, 0, measure.units());
    uses.merge(
        window,
        use,
        (one, other) ->
            new Use(
                window,
                Math.addExact(one.units(), other.units()),
                Math.max(one.second(), other.second()),
                Math.addExact(one.unsold(), other.unsold())));
  }

  private Instant start(String customer, Instant time) {
    Instant hour = Instant.ofEpochSecond(HOUR * Math.floorDiv(time.getEpochSecond(), HOUR));
    return periods
        .within(customer, hour)
        .filter(begin -> begin.isAfter(hour) && !begin.isAfter(time))
        .orElse(hour);
  }
}
