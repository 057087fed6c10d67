// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A sink with the name that its place in the journal is kept under. Keep the name when the sink
 * changes; another name is another sink, which gets everything from the oldest event on.
 *
 * @param name 1 to 40 of {@code a-z 0-9 _ -}
 * @param parkAfter a batch that fails for so long is parked, above 0; null, the default: it is
 *     tried until it arrives. Choose far more than the longest outage of the far side, or an outage
 *     parks batches that are in order
 */
public record NamedSink(
    String name, UsageSink sink, ShipSchedule schedule, @Nullable Duration parkAfter) {

  public NamedSink {
    Bounds.sinkName(name);
    Objects.requireNonNull(sink, "sink");
    Objects.requireNonNull(schedule, "schedule");
    if (parkAfter != null && (parkAfter.isNegative() || parkAfter.isZero())) {
      throw new IllegalArgumentException(
          "parkAfter must be above 0, got " + parkAfter + " (sink \"" + name + "\")");
    }
  }

  /** A sink that no batch is parked for unless it says so. */
  public NamedSink(String name, UsageSink sink, ShipSchedule schedule) {
    this(name, sink, schedule, null);
  }

  /** A sink with the default schedule. */
  public NamedSink(String name, UsageSink sink) {
    this(name, sink, ShipSchedule.DEFAULT);
  }
}
