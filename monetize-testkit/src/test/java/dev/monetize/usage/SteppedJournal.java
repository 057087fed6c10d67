// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import dev.monetize.usage.JournalSettings.OnDamage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A journal without its thread: what that would do is done when it is asked for, so that a run can
 * be repeated call by call.
 */
final class SteppedJournal {

  static final int SEGMENT = 4096;

  private final JournalStorage storage;
  private final SegmentDirectory segments;
  private final Fold fold;
  private final SegmentIndex index;
  private final Recovery.Result found;
  private final Appender appender;
  private final Map<String, SinkProgress> sinks;
  private final UUID id;
  private final Memory memory;
  private int present;
  private long synced;

  /** What a journal holds in memory: large, so that the next one uses it again. */
  static final class Memory {

    private final KeptRecords kept = new KeptRecords(KeptRecords.MOST_BYTES);
    private final RecordFrame frame = new RecordFrame();
    private final RecordFrame cursorFrame = new RecordFrame();
  }

  private SteppedJournal(JournalStorage storage, Fold fold, Recovery.Result found, Memory memory) {
    this.memory = memory;
    this.storage = storage;
    this.segments = new SegmentDirectory(storage);
    this.fold = fold;
    this.found = found;
    this.index = new SegmentIndex(found.bases());
    this.appender = new Appender(found, index, memory.kept, () -> {});
    this.sinks = new HashMap<>(fold.sinks());
    this.id = found.segments().get(0).journal();
    this.present = found.segments().size();
    this.synced = records();
    appender.spareFailed(); // nobody waits
  }

  /**
   * Opens as {@link FileUsageJournal} does.
   *
   * @param memory of another journal, which is done with it
   */
  static SteppedJournal open(JournalStorage storage, UUID id, Memory memory, JournalState... states)
      throws IOException {
    return open(storage, id, memory, OnDamage.REFUSE, states);
  }

  static SteppedJournal open(
      JournalStorage storage, UUID id, Memory memory, OnDamage onDamage, JournalState... states)
      throws IOException {
    memory.kept.synced(Long.MAX_VALUE);
    Fold fold = new Fold(List.of(states));
    SegmentDirectory segments = new SegmentDirectory(storage);
    storage.sync();
    if (segments.files(new ArrayList<>()).isEmpty()) {
      if (storage.names().contains(Checkpoint.FILE)) {
        throw new IllegalStateException("a checkpoint without a segment");
      }
      segments.create(id, 1, SEGMENT);
    }
    Recovery.Result found = new Opening(storage, segments, fold, onDamage).run(memory.frame);
    return new SteppedJournal(storage, fold, found, memory);
  }

  /** How many records there were when it was opened. */
  int records() {
    return (int) found.nextSequence() - 1;
  }

  List<JournalGap> gaps() {
    return fold.gaps();
  }

  /** What was known of sinks when it was opened. */
  Map<String, SinkProgress> sinks() {
    return fold.sinks();
  }

  boolean accepting() {
    return appender.accepting();
  }

  long append(UsageEvent event) {
    return appender.append(event);
  }

  long append(SinkMark mark) {
    long sequence = appender.append(mark);
    if (sequence > 0) {
      mark.into(sinks);
    }
    return sequence;
  }

  long append(byte[] note) {
    return appender.append(note);
  }

  /** Bytes of what was appended since all was durable. */
  int bytes() {
    int bytes = 0;
    for (Appender.Written written : appender.extent().segments()) {
      bytes += written.end();
    }
    return bytes;
  }

  /** Makes durable what was appended. If that fails it is written once more, as the thread does. */
  void sync() throws IOException {
    try {
      force();
    } catch (IOException e) {
      rewrite();
      force();
    }
  }

  private void force() throws IOException {
    Appender.Extent extent = appender.extent();
    for (Appender.Written written : extent.segments()) {
      written.segment().sync(written.end());
    }
    for (Appender.Written full : extent.segments().subList(0, extent.segments().size() - 1)) {
      full.segment().syncHeader();
    }
    appender.synced(extent);
    synced = extent.sequence();
  }

  private void rewrite() throws IOException {
    int needed = appender.rewrite(synced);
    if (needed > 0) {
      add(appender.nextNumber(), Math.max(SEGMENT, (2 * needed + 4095) & ~4095));
      needed = appender.rewrite(synced);
    }
    if (needed > 0) {
      throw new IllegalStateException("a segment that was asked for is too small by " + needed);
    }
  }

  /** Sequence of the first record there is. */
  long first() {
    return index.first();
  }

  /** Makes a checkpoint of what is durable, and deletes nothing. */
  void save() throws IOException {
    make(Duration.ofDays(1));
  }

  EventReader reader() {
    return new SegmentReader(id, new RecordCursor(id, segments, index));
  }

  /** Makes a checkpoint of what is durable, and deletes what all sinks have. */
  void checkpoint() throws IOException {
    make(Duration.ZERO);
  }

  private void make(Duration kept) throws IOException {
    RecordCursor cursor = new RecordCursor(id, segments, index, memory.cursorFrame);
    Retention retention = new Retention(storage, segments, index, cursor, kept, clock(kept));
    new CheckpointMaker(storage, id, cursor, fold.fresh(), retention, sinks, () -> false)
        .make(synced);
    present = segments.files().size();
  }

  private static InstantSource clock(Duration kept) {
    return () -> kept.isZero() ? Instant.MAX : Instant.EPOCH;
  }

  /** Makes the next segment if one is wanted, and there are not so many yet. */
  void makeSpare(int most) throws IOException {
    long number = appender.wantedSpare();
    if (number > 0 && present < most) {
      add(number, SEGMENT);
    }
  }

  private void add(long number, int size) throws IOException {
    appender.addSpare(segments.create(id, number, size));
    appender.spareFailed();
    present++;
  }

  /** Whether another segment may be made. */
  boolean hasRoomFor(int most) {
    return present < most;
  }

  /** All segments, and where their records ended when it was opened. */
  List<Tail> tails() {
    List<Tail> tails = new ArrayList<>();
    for (int i = 0; i < found.segments().size(); i++) {
      int end = i < found.ends().size() ? found.ends().get(i) : Segment.BASE;
      tails.add(new Tail(found.segments().get(i), end));
    }
    return tails;
  }

  /** A segment, and where its records ended. */
  record Tail(Segment segment, int from) {}
}
