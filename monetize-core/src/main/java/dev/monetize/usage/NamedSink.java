// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.util.Objects;

/**
 * A sink with the name that its place in the journal is kept under. Keep the name when the sink
 * changes; another name is another sink, which gets everything from the oldest event on.
 *
 * @param name 1 to 40 of {@code a-z 0-9 _ -}
 */
public record NamedSink(String name, UsageSink sink, ShipSchedule schedule) {

  public NamedSink {
    Bounds.sinkName(name);
    Objects.requireNonNull(sink, "sink");
    Objects.requireNonNull(schedule, "schedule");
  }

  /** A sink with the default schedule. */
  public NamedSink(String name, UsageSink sink) {
    this(name, sink, ShipSchedule.DEFAULT);
  }
}
