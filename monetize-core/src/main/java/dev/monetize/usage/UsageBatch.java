// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * A fixed range of the journal, on its way to one sink. It is written down before it is first
 * delivered, so the batch that comes again after a failure or a crash has the same {@link #id} and
 * the same content, always. Immutable.
 *
 * @param journal the journal it is a range of
 * @param sink the sink's name
 * @param recorded its events in the order of the journal, at least one
 */
public record UsageBatch(UUID journal, String sink, List<RecordedEvent> recorded) {

  private static final long HOUR_NANOS = 3_600_000_000_000L;

  public UsageBatch {
    Objects.requireNonNull(journal, "journal");
    Bounds.sinkName(sink);
    recorded = List.copyOf(recorded);
    if (recorded.isEmpty()) {
      throw new IllegalArgumentException("a batch must hold an event (sink \"" + sink + "\")");
    }
    long previous = 0;
    for (RecordedEvent event : recorded) {
      if (!event.journal().equals(journal) || event.sequence() <= previous) {
        throw new IllegalArgumentException(
            "event " + event.id() + " must follow " + journal + ":" + previous);
      }
      previous = event.sequence();
    }
  }

  /**
   * {@code <journal>:<sink>:<first>-<last>}: unique over all journals and sinks; at most 120
   * characters, all of them ASCII.
   */
  public String id() {
    return id(journal, sink, first(), last());
  }

  static String id(UUID journal, String sink, long first, long last) {
    return journal + ":" + sink + ":" + first + "-" + last;
  }

  /** Sequence of the first event. */
  public long first() {
    return recorded.get(0).sequence();
  }

  /** Sequence of the last event. */
  public long last() {
    return recorded.get(recorded.size() - 1).sequence();
  }

  /** The events without their identity, in the order of the journal. */
  public List<UsageEvent> events() {
    List<UsageEvent> events = new ArrayList<>(recorded.size());
    for (RecordedEvent event : recorded) {
      events.add(event.event());
    }
    return List.copyOf(events);
  }

  /**
   * The batch summed up per customer, meter and hour of event time, sorted by these. The same batch
   * has the same totals.
   *
   * @throws ArithmeticException if a sum exceeds a {@code long}
   */
  public List<UsageTotal> totals() {
    Map<UsageTotal, Long> sums = new HashMap<>();
    for (RecordedEvent recordedEvent : recorded) {
      UsageEvent event = recordedEvent.event();
      Instant hour = Instant.ofEpochSecond(3600 * Math.floorDiv(event.timeNanos(), HOUR_NANOS));
      for (Measure measure : event.measures()) {
        sums.merge(
            new UsageTotal(event.customer(), measure.meter(), hour, 0),
            measure.units(),
            Math::addExact);
      }
    }
    List<UsageTotal> totals = new ArrayList<>(sums.size());
    sums.forEach(
        (key, units) ->
            totals.add(new UsageTotal(key.customer(), key.meter(), key.hourStart(), units)));
    totals.sort(null);
    return List.copyOf(totals);
  }
}
