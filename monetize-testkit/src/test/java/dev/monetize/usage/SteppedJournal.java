// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A journal without its thread: what that would do is done when it is asked for, so that a run can
 * be repeated call by call.
 */
final class SteppedJournal {

  static final int SEGMENT = 4096;

  private final SegmentDirectory segments;
  private final Recovery.Result found;
  private final Fold fold;
  private final Appender appender;
  private final UUID id;
  private int made;
  private long synced;

  private SteppedJournal(
      SegmentDirectory segments, Recovery.Result found, Fold fold, KeptRecords kept) {
    this.segments = segments;
    this.found = found;
    this.fold = fold;
    this.appender = new Appender(found, new SegmentIndex(found.bases()), kept, () -> {});
    this.id = found.segments().get(0).journal();
    this.made = found.segments().size();
    this.synced = records();
    appender.spareFailed(); // nobody waits
  }

  /**
   * Opens as {@link FileUsageJournal} does.
   *
   * @param kept used again, for its size
   * @param events those that are there are added to it
   */
  static SteppedJournal open(
      JournalStorage storage, UUID id, KeptRecords kept, List<UsageEvent> events)
      throws IOException {
    kept.synced(Long.MAX_VALUE);
    SegmentDirectory segments = new SegmentDirectory(storage);
    if (segments.files().isEmpty()) {
      segments.create(id, 1, SEGMENT, () -> {});
    }
    storage.sync();
    Replay replay = (sequence, event) -> events.add(event);
    Fold fold = new Fold(List.of(Replay.state(replay)));
    Recovery.Result found = new Recovery(fold).run(segments);
    return new SteppedJournal(segments, found, fold, kept);
  }

  /** How many records there were when it was opened. */
  int records() {
    return (int) found.nextSequence() - 1;
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

  long append(RecordType type, SinkMark mark) {
    return appender.append(type, mark);
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

  /** Makes the next segment if one is wanted, and there are not so many yet. */
  void makeSpare(int most) throws IOException {
    long number = appender.wantedSpare();
    if (number > 0 && made < most) {
      add(number, SEGMENT);
    }
  }

  private void add(long number, int size) throws IOException {
    appender.addSpare(segments.create(id, number, size, () -> {}));
    appender.spareFailed();
    made++;
  }

  /** Whether another segment may be made. */
  boolean hasRoomFor(int most) {
    return made < most;
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
