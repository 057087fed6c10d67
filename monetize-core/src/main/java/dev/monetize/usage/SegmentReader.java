// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Reads events back from the segments. */
final class SegmentReader implements EventReader {

  private final UUID journal;
  private final RecordCursor cursor;

  SegmentReader(UUID journal, RecordCursor cursor) {
    this.journal = journal;
    this.cursor = cursor;
  }

  @Override
  public long first() {
    return cursor.first();
  }

  @Override
  public List<RecordedEvent> read(long first, long last, int most) throws IOException {
    List<RecordedEvent> events = new ArrayList<>();
    cursor.seek(first);
    while (cursor.next() <= last && events.size() < most) {
      long sequence = cursor.take();
      RecordFrame record = cursor.record();
      if (sequence >= first && record.typeCode() == RecordType.EVENT.code()) {
        events.add(new RecordedEvent(journal, sequence, EventPayload.read(record.payload())));
      }
    }
    return events;
  }
}
