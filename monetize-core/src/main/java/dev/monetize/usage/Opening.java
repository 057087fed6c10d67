// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import dev.monetize.usage.JournalSettings.OnDamage;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what there is of a journal: the checkpoint, and the records behind it. Where it is to be
 * gone on after damage, that is repaired first; what was read by then is not read again.
 */
final class Opening {

  private static final Logger log = LoggerFactory.getLogger(FileUsageJournal.class);

  private final JournalStorage storage;
  private final SegmentDirectory segments;
  private final Fold fold;
  private final OnDamage onDamage;
  private boolean restored;

  Opening(JournalStorage storage, SegmentDirectory segments, Fold fold, OnDamage onDamage) {
    this.storage = storage;
    this.segments = segments;
    this.fold = fold;
    this.onDamage = onDamage;
  }

  /**
   * Fills the fold.
   *
   * @throws JournalDamagedException if something is not as it was written, and it is not to be gone
   *     on, or cannot be
   */
  Recovery.Result run() throws IOException {
    return run(new RecordFrame());
  }

  /**
   * Fills the fold.
   *
   * @param frame to read with, which is handed on
   */
  Recovery.Result run(RecordFrame frame) throws IOException {
    try {
      return read(frame);
    } catch (JournalDamagedException damage) {
      if (onDamage == OnDamage.REFUSE || !damage.isLoss()) {
        throw damage;
      }
      new Salvage(storage, segments, frame).run().forEach(fold::lost);
      return read(frame);
    }
  }

  /** The same, but whatever the damage, nothing is changed. */
  Recovery.Result look() throws IOException {
    restore();
    return new Recovery(fold).look(segments);
  }

  private Recovery.Result read(RecordFrame frame) throws IOException {
    if (!restored) {
      restore();
      restored = true;
    }
    long from = onDamage == OnDamage.REFUSE ? Long.MAX_VALUE : fold.needed();
    return new Recovery(fold, from, frame).run(segments);
  }

  private void restore() throws IOException {
    Map.Entry<Long, String> first = segments.files().firstEntry();
    restore(first.getKey(), segments.openToRead(first.getValue()).journal());
  }

  /** Takes the checkpoint. One that is damaged can be done without as long as no record is gone. */
  private void restore(long first, UUID journal) throws IOException {
    Checkpoint checkpoint;
    try {
      checkpoint = Checkpoint.read(storage, journal);
    } catch (IOException e) {
      if (first > 1) {
        throw e instanceof Checkpoint.Unreadable
            ? JournalDamagedException.lost(
                Checkpoint.FILE,
                "what the deleted records came to cannot be read: " + e.getMessage())
            : e;
      }
      log.warn(
          "the journal's checkpoint cannot be read; all records are, instead: {}", e.toString());
      return;
    }
    if (checkpoint != null) {
      fold.restore(checkpoint);
    }
  }
}
