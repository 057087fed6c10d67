// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.usage.JournalSettings.OnDamage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a sink may have been sent before records were lost does not come again by itself. */
class DoubtfulBatchTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final int SEGMENT = 1 << 17;

  @TempDir private Path directory;
  private final TestClock clock = new TestClock();
  private final QueueSink sink = new QueueSink();
  private final List<Long> replayed = new ArrayList<>();

  private FileUsageJournal open() throws IOException {
    replayed.clear();
    JournalSettings settings =
        JournalSettings.on(clock).onDamage(OnDamage.CONTINUE).segmentBytes(SEGMENT);
    return FileUsageJournal.open(
        directory, settings, List.of(Replay.state((sequence, event) -> replayed.add(sequence))));
  }

  private Shipper start(FileUsageJournal journal, int batch) {
    ShipSchedule schedule = ShipSchedule.within(batch, Duration.ofHours(1));
    return Shipper.start(journal, List.of(new NamedSink("file", sink, schedule)), clock);
  }

  private static void append(FileUsageJournal journal, int events) throws Exception {
    for (int i = 0; i < events; i++) {
      assertThat(journal.append(Events.call("c" + i))).isPositive();
    }
    journal.sync(LONG);
  }

  /** Flips a bit in a record of the first segment. */
  private void damage(int record) throws IOException {
    JournalFiles files = JournalFiles.of(directory);
    List<Integer> ends = files.recordEnds(0);
    byte[] bytes = files.bytes(0);
    bytes[ends.get(record - 1) - 10] ^= 1;
    files.write(0, bytes);
  }

  private static List<Long> sequences(UsageBatch batch) {
    return batch.recorded().stream().map(RecordedEvent::sequence).toList();
  }

  /** Events 1 to 4, SEAL 5 and SENT 6 of 1-2, SEAL 7 and SENT 8 of 3-4. */
  private void deliverTwo() throws Exception {
    try (FileUsageJournal journal = open()) {
      append(journal, 4);
      Shipper shipper = start(journal, 2);
      assertThat(sequences(sink.next())).containsExactly(1L, 2L);
      assertThat(sequences(sink.next())).containsExactly(3L, 4L);
      assertThat(shipper.close(LONG)).isTrue();
      journal.sync(LONG);
      assertThat(journal.appended()).isEqualTo(8);
    }
  }

  @Test
  void lostMarks_parkWhatTheyMayHaveBeenAbout_andTheRestGoesOn() throws Exception {
    deliverTwo();
    damage(7);
    damage(8);
    try (FileUsageJournal journal = open()) {
      JournalGap gap = journal.gaps().get(0);
      assertThat(gap.first()).isEqualTo(7);
      assertThat(gap.last()).isGreaterThanOrEqualTo(8);
      append(journal, 2);
      Shipper shipper = start(journal, 2);

      UsageBatch next = sink.next();

      assertThat(sequences(next)).containsExactly(gap.last() + 1, gap.last() + 2);
      ParkedBatch parked = shipper.parked().get(0);
      assertThat(parked.id()).isEqualTo(journal.id() + ":file:3-4");
      assertThat(parked.reason())
          .isEqualTo(
              "it may have been delivered, wholly or in part: the journal has lost "
                  + gap
                  + ", which may have said so");
      assertThat(shipper.close(LONG)).isTrue();
    }
    try (FileUsageJournal journal = open()) {
      Shipper shipper = start(journal, 2);
      assertThat(shipper.parked()).hasSize(1);
      shipper.retry(shipper.parked().get(0).id());
      assertThat(sequences(sink.next())).containsExactly(3L, 4L);
      assertThat(shipper.close(LONG)).isTrue();
      assertThat(shipper.parked()).isEmpty();
    }
    assertThat(sink.batches).isEmpty();
  }

  @Test
  void lostSent_parksTheSealedBatchUnderItsId() throws Exception {
    deliverTwo();
    damage(8);
    try (FileUsageJournal journal = open()) {
      Shipper shipper = start(journal, 2);
      assertThat(shipper.close(LONG)).isTrue();

      assertThat(shipper.parked())
          .extracting(ParkedBatch::id)
          .containsExactly(journal.id() + ":file:3-4");
    }
    assertThat(sink.batches).isEmpty();
  }

  @Test
  void lostEvent_ofWhatWasSent_changesNothingForTheSink() throws Exception {
    deliverTwo();
    damage(2);
    try (FileUsageJournal journal = open()) {
      assertThat(journal.gaps()).containsExactly(new JournalGap(2, 2));
      assertThat(replayed).containsExactly(1L, 3L, 4L);
      append(journal, 2);
      Shipper shipper = start(journal, 2);
      assertThat(sequences(sink.next())).containsExactly(9L, 10L);
      assertThat(shipper.close(LONG)).isTrue();
      assertThat(shipper.parked()).isEmpty();
    }
  }

  @Test
  void parkedBatch_thatLostAnEvent_isRetriedWithWhatIsLeft() throws Exception {
    deliverTwo();
    damage(7);
    damage(8);
    try (FileUsageJournal journal = open()) {
      assertThat(start(journal, 2).close(LONG)).isTrue();
    }
    damage(3);
    try (FileUsageJournal journal = open()) {
      assertThat(journal.gaps().get(0)).isEqualTo(new JournalGap(3, 3));
      Shipper shipper = start(journal, 2);
      ParkedBatch parked = shipper.parked().get(0);
      assertThat(parked.id()).isEqualTo(journal.id() + ":file:3-4");

      shipper.retry(parked.id());

      assertThat(sequences(sink.next())).containsExactly(4L);
      assertThat(shipper.close(LONG)).isTrue();
      assertThat(shipper.parked()).isEmpty();
    }
  }

  @Test
  void sealedBatch_ofWhichNothingIsLeft_isDoneWith() throws Exception {
    sink.failures.set(Integer.MAX_VALUE);
    try (FileUsageJournal journal = open()) {
      append(journal, 1);
      start(journal, 1).close(LONG);
    }
    damage(1);
    sink.failures.set(0);
    sink.batches.clear();
    try (FileUsageJournal journal = open()) {
      assertThat(journal.gaps()).containsExactly(new JournalGap(1, 1));
      append(journal, 1);
      Shipper shipper = start(journal, 1);
      assertThat(sequences(sink.next())).containsExactly(3L);
      assertThat(shipper.close(LONG)).isTrue();
      assertThat(shipper.parked()).isEmpty();
    }
  }

  @Test
  void unknownSink_afterAGap_getsOnlyWhatCameBehindIt() throws Exception {
    try (FileUsageJournal journal = open()) {
      append(journal, 6);
    }
    damage(3);
    try (FileUsageJournal journal = open()) {
      Shipper shipper = start(journal, 2);
      assertThat(sequences(sink.next())).containsExactly(4L, 5L);
      assertThat(shipper.close(LONG)).isTrue();
      assertThat(shipper.parked())
          .extracting(ParkedBatch::id)
          .containsExactly(journal.id() + ":file:1-2");
    }
  }

  @Test
  void gap_isToldByTheTool_andIsInTheHistory() throws Exception {
    try (FileUsageJournal journal = open()) {
      append(journal, 6);
    }
    damage(3);
    byte[] damaged = JournalFiles.of(directory).bytes(0);
    open().close();

    JournalLook.Found found =
        new JournalLook(directory)
            .read(
                new JournalLook.Viewer() {
                  @Override
                  public void event(RecordedEvent event) {}

                  @Override
                  public void note(long sequence, byte[] note) {}
                });

    assertThat(found.gaps()).containsExactly(new JournalGap(3, 3));
    assertThat(
            Files.readAllBytes(directory.resolve("quarantine").resolve(SegmentDirectory.name(1))))
        .isEqualTo(damaged);
    try (FileUsageJournal journal = open()) {
      assertThat(journal.gaps()).containsExactly(new JournalGap(3, 3));
      assertThat(journal.reader().read(1, 6, 10)).hasSize(5);
    }
  }
}
