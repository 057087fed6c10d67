// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads records back from the segments, one after the other; cheapest where it goes on from the
 * last. Not thread-safe.
 */
final class RecordCursor {

  private final UUID journal;
  private final SegmentDirectory segments;
  private final SegmentIndex index;
  private final RecordFrame frame;
  private @Nullable Segment segment;
  private long next;
  private int at;

  /** The first record behind the segment, or 0, as the index had it after so many changes. */
  private long end;

  private long changes;

  RecordCursor(UUID journal, SegmentDirectory segments, SegmentIndex index) {
    this(journal, segments, index, new RecordFrame());
  }

  RecordCursor(UUID journal, SegmentDirectory segments, SegmentIndex index, RecordFrame frame) {
    this.frame = frame;
    this.journal = journal;
    this.segments = segments;
    this.index = index;
  }

  /** Goes to a record, or to one before it in the same segment. */
  void seek(long sequence) throws IOException {
    Segment current = segment;
    if (current == null
        || next > sequence
        || !index.holding(sequence).getValue().equals(current.name())) {
      open(sequence);
    }
  }

  /** Sequence of the oldest record there is. */
  long first() {
    return index.first();
  }

  /** Sequence of the record that {@link #take} takes. */
  long next() {
    return next;
  }

  /** Takes the next record, which must be durable; its sequence. */
  long take() throws IOException {
    long wanted = next;
    Segment current = segment;
    if (current != null && isIn(current, wanted) && advance(current)) {
      return wanted;
    }
    Segment behind = open(wanted);
    if (current != null && current.name().equals(behind.name())) {
      throw unreadable(current, wanted);
    }
    while (next <= wanted) {
      if (!advance(behind)) {
        throw unreadable(behind, next);
      }
    }
    return wanted;
  }

  /**
   * Whether a segment holds a record; asks the index only when it or the segment may be another.
   */
  private boolean isIn(Segment current, long sequence) throws IOException {
    if (sequence >= end || index.changes() != changes) {
      changes = index.changes();
      Map.Entry<Long, String> holding = index.holding(sequence);
      end = holding.getValue().equals(current.name()) ? index.after(holding.getKey()) : 0;
    }
    return sequence < end;
  }

  /** The record that was taken. */
  RecordFrame record() {
    return frame;
  }

  private boolean advance(Segment from) {
    if (!frame.take(from.buffer(), at, next)) {
      return false;
    }
    at += frame.size();
    next = frame.following();
    return true;
  }

  private Segment open(long sequence) throws IOException {
    Map.Entry<Long, String> holding = index.holding(sequence);
    Segment opened = segments.openToRead(holding.getValue());
    frame.seed(journal, opened.number());
    segment = opened;
    next = holding.getKey();
    at = Segment.HEADER;
    end = 0;
    return opened;
  }

  private JournalDamagedException unreadable(Segment in, long sequence) {
    return JournalDamagedException.lost(
        in.file(), at, "record " + sequence + " can no longer be read");
  }
}
