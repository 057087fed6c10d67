// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.util.Arrays;
import java.util.stream.LongStream;

/** Events, and units by customer and meter, of a soak. Not thread-safe. */
final class SoakTally {

  static final int CELLS = SoakEvents.CUSTOMERS * SoakEvents.METERS.size();

  final long[] units = new long[CELLS];
  long events;

  static int cell(int customer, int meter) {
    return customer * SoakEvents.METERS.size() + meter;
  }

  void add(UsageEvent event) {
    int customer = SoakEvents.customer(event);
    events++;
    for (Measure measure : event.measures()) {
      units[cell(customer, SoakEvents.METERS.indexOf(measure.meter()))] += measure.units();
    }
  }

  void add(SoakTally other) {
    events += other.events;
    Arrays.setAll(units, cell -> units[cell] + other.units[cell]);
  }

  long sum() {
    return LongStream.of(units).sum();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SoakTally tally
        && events == tally.events
        && Arrays.equals(units, tally.units);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(units);
  }

  @Override
  public String toString() {
    return events + " events, " + Arrays.toString(units);
  }
}
