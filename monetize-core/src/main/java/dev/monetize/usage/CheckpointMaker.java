// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a checkpoint: of the former one, and of what is durable behind it. Then deletes what is
 * past its retention. Not thread-safe.
 */
final class CheckpointMaker {

  private static final Logger log = LoggerFactory.getLogger(FileUsageJournal.class);

  private final JournalStorage storage;
  private final UUID journal;
  private final RecordCursor cursor;
  private final Fold kind;
  private final Retention retention;
  private final Map<String, SinkProgress> sinksNow;
  private final Checkpoint.Stop stop;

  /**
   * Of a journal.
   *
   * @param kind of its states
   * @param sinksNow how far sinks are, durable or not
   * @param stop asked now and then whether to give up
   */
  CheckpointMaker(
      JournalStorage storage,
      UUID journal,
      RecordCursor cursor,
      Fold kind,
      Retention retention,
      Map<String, SinkProgress> sinksNow,
      Checkpoint.Stop stop) {
    this.storage = storage;
    this.journal = journal;
    this.cursor = cursor;
    this.kind = kind;
    this.retention = retention;
    this.sinksNow = sinksNow;
    this.stop = stop;
  }

  /** Makes one that reaches up to a record, which is durable. */
  void make(long sequence) throws IOException {
    Fold fold = kind.fresh();
    Checkpoint former = former();
    if (former != null) {
      fold.restore(former);
    }
    if (fold.saved() < sequence) {
      fold(fold, sequence);
      Checkpoint.write(storage, journal, sequence, fold, stop);
    }
    storage.sync();
    retention.delete(Math.max(fold.saved(), sequence), fold.sinks(), sinksNow);
  }

  private @Nullable Checkpoint former() {
    try {
      return Checkpoint.read(storage, journal);
    } catch (IOException e) {
      log.warn("the journal's checkpoint cannot be read; it is made anew: {}", e.toString());
      return null;
    }
  }

  private void fold(Fold fold, long sequence) throws IOException {
    long first = Math.max(fold.next(), cursor.first());
    if (first > fold.saved() + 1) {
      throw new IOException(
          "records " + (fold.saved() + 1) + " to " + (first - 1) + " are nowhere any more");
    }
    cursor.seek(first);
    while (cursor.next() <= sequence) {
      stop.check();
      long taken = cursor.take();
      RecordFrame record = cursor.record();
      RecordType type = RecordType.of(record.typeCode());
      if (type != null && taken >= first) {
        fold.record(taken, type, record.payload());
      }
    }
  }
}
