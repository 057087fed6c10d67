// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.NavigableMap;

/**
 * Deletes the oldest segments: those that a checkpoint covers, of which no sink may ask for an
 * event any more, and whose events were all settled longer ago than they are to be kept. Not
 * thread-safe.
 */
final class Retention {

  private static final long SECOND_NANOS = 1_000_000_000L;

  private final JournalStorage storage;
  private final SegmentDirectory segments;
  private final SegmentIndex index;
  private final RecordCursor cursor;
  private final Duration kept;
  private final InstantSource clock;
  private Content oldest = new Content(0, 0, Long.MAX_VALUE);

  /**
   * What is in a segment.
   *
   * @param lastEvent 0 if there is none
   * @param newest when its newest event was settled, in nanoseconds
   */
  private record Content(long base, long lastEvent, long newest) {}

  Retention(
      JournalStorage storage,
      SegmentDirectory segments,
      SegmentIndex index,
      RecordCursor cursor,
      Duration kept,
      InstantSource clock) {
    this.storage = storage;
    this.segments = segments;
    this.index = index;
    this.cursor = cursor;
    this.kept = kept;
    this.clock = clock;
  }

  /**
   * Deletes what can be.
   *
   * @param saved a durable checkpoint knows all up to this record
   * @param sinks how far they are, in two views that both must allow it
   */
  void delete(long saved, Map<String, SinkProgress> sinks, Map<String, SinkProgress> sinksNow)
      throws IOException {
    NavigableMap<Long, String> all = index.all();
    for (Map.Entry<Long, String> segment : all.entrySet()) {
      Long next = all.higherKey(segment.getKey());
      if (next == null || next > saved) {
        return; // the next one's first record is durable too, or a power cut may leave no beginning
      }
      Content content = content(segment.getKey(), next);
      if (!old(content) || !has(content, sinks) || !has(content, sinksNow)) {
        return;
      }
      delete(segment.getKey(), segment.getValue());
    }
  }

  private Content content(long base, long end) throws IOException {
    if (oldest.base() != base) {
      oldest = read(base, end);
    }
    return oldest;
  }

  private Content read(long base, long end) throws IOException {
    long lastEvent = 0;
    long newest = Long.MIN_VALUE;
    cursor.seek(base);
    while (cursor.next() < end) {
      long sequence = cursor.take();
      if (cursor.record().typeCode() == RecordType.EVENT.code()) {
        lastEvent = sequence;
        newest = Math.max(newest, EventPayload.settledNanos(cursor.record().payload()));
      }
    }
    return new Content(base, lastEvent, newest);
  }

  private boolean old(Content content) {
    if (content.lastEvent() == 0) {
      return true;
    }
    Instant newest =
        Instant.ofEpochSecond(
            Math.floorDiv(content.newest(), SECOND_NANOS),
            Math.floorMod(content.newest(), SECOND_NANOS));
    return !newest.plus(kept).isAfter(clock.instant());
  }

  private static boolean has(Content content, Map<String, SinkProgress> sinks) {
    return sinks.values().stream().allMatch(sink -> sink.needed() > content.lastEvent());
  }

  /** One by one, each durably, so that no crash leaves a gap; with those given up before it. */
  private void delete(long base, String name) throws IOException {
    index.remove(base);
    for (String file : segments.files().values()) {
      storage.delete(file);
      storage.sync();
      if (file.equals(name)) {
        return;
      }
    }
  }
}
