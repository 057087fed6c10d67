// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads events back from the segments, cheapest where one read goes on from the last. Not
 * thread-safe.
 */
final class EventReader {

  private final UUID journal;
  private final SegmentDirectory segments;
  private final SegmentIndex index;
  private final RecordFrame frame = new RecordFrame();
  private @Nullable Segment segment;
  private long next;
  private int at;

  EventReader(UUID journal, SegmentDirectory segments, SegmentIndex index) {
    this.journal = journal;
    this.segments = segments;
    this.index = index;
  }

  /**
   * Events of a range that is known to be durable.
   *
   * @param first where to begin
   * @param last where to end, included
   * @param most how many events at most
   */
  List<RecordedEvent> read(long first, long last, int most) throws IOException {
    List<RecordedEvent> events = new ArrayList<>();
    Segment from = seek(first);
    while (next <= last && events.size() < most) {
      if (!frame.take(from.buffer(), at, next)) {
        from = open(next, from);
      } else {
        if (next >= first && frame.typeCode() == RecordType.EVENT.code()) {
          events.add(new RecordedEvent(journal, next, EventPayload.read(frame.payload())));
        }
        at += frame.size();
        next++;
      }
    }
    return events;
  }

  private Segment seek(long first) throws IOException {
    Segment current = segment;
    if (current != null
        && next <= first
        && index.holding(first).getValue().equals(current.name())) {
      return current;
    }
    return open(first, null);
  }

  private Segment open(long sequence, @Nullable Segment ended) throws IOException {
    Map.Entry<Long, String> holding = index.holding(sequence);
    if (ended != null && holding.getValue().equals(ended.name())) {
      throw new JournalDamagedException(
          ended.file(), at, "record " + sequence + " can no longer be read");
    }
    Segment opened = segments.openToRead(holding.getValue());
    frame.seed(journal, opened.number());
    segment = opened;
    next = holding.getKey();
    at = Segment.HEADER;
    return opened;
  }
}
