// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A journal without its thread: what that would do is done when it is asked for, so that a run can be
 * repeated call by call.
 */
final class SteppedJournal {

  static final int SEGMENT = 4096;

  private final SegmentDirectory segments;
  private final Recovery.Result found;
  private final Appender appender;
  private final UUID id;
  private int made;

  private SteppedJournal(SegmentDirectory segments, Recovery.Result found) {
    this.segments = segments;
    this.found = found;
    this.appender = new Appender(found, new SegmentIndex(found.bases()), () -> {});
    this.id = found.segments().get(0).journal();
    this.made = found.segments().size();
    appender.spareFailed(); // nobody waits
  }

  /** Opens as {@link FileUsageJournal} does; the events that are there are added to a list. */
  static SteppedJournal open(JournalStorage storage, UUID id, List<UsageEvent> events)
      throws IOException {
    SegmentDirectory segments = new SegmentDirectory(storage);
    if (segments.files().isEmpty()) {
      segments.create(id, 1, SEGMENT, () -> {});
    }
    Replay replay = (sequence, event) -> events.add(event);
    return new SteppedJournal(segments, new Recovery(List.of(Replay.state(replay))).run(segments));
  }

  /** How many records there were when it was opened. */
  int records() {
    return (int) found.nextSequence() - 1;
  }

  /** What was known of sinks when it was opened. */
  Map<String, SinkProgress> sinks() {
    return found.sinks();
  }

  long append(UsageEvent event) {
    return appender.append(event);
  }

  long append(RecordType type, SinkMark mark) {
    return appender.append(type, mark);
  }

  /** Makes durable what was appended. */
  void sync() throws IOException {
    Appender.Extent extent = appender.extent();
    for (Appender.Written written : extent.segments()) {
      written.segment().sync(written.end());
    }
    for (Appender.Written full : extent.segments().subList(0, extent.segments().size() - 1)) {
      full.segment().syncHeader();
    }
    appender.synced(extent);
  }

  /** Makes the next segment if one is wanted, and there are not so many yet. */
  void makeSpare(int most) throws IOException {
    long number = appender.wantedSpare();
    if (number > 0 && made < most) {
      appender.addSpare(segments.create(id, number, SEGMENT, () -> {}));
      appender.spareFailed();
      made++;
    }
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
