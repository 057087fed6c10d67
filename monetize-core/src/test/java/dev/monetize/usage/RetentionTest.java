// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.usage.UsageHistory.By;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RetentionTest {

  private static final Duration KEPT = Duration.ofDays(30);

  @TempDir private Path directory;
  private final TestClock clock = new TestClock();
  private HookedStorage storage;
  private CountedUse use = new CountedUse("use");

  @BeforeEach
  void makeStorage() {
    storage = new HookedStorage(directory);
  }

  private FileUsageJournal open(JournalState... more) throws IOException {
    use = new CountedUse("use");
    List<JournalState> states = new ArrayList<>(List.of(more));
    states.add(use);
    return FileUsageJournal.open(
        storage, () -> {}, JournalSettings.on(clock).retention(KEPT), 4096, states);
  }

  private static void append(FileUsageJournal journal, InstantSource clock, int events) {
    long now = clock.instant().getEpochSecond() * 1_000_000_000L;
    for (int i = 0; i < events; i++) {
      assertThat(journal.append(Events.call("acme", now))).isPositive();
    }
  }

  private static void checkpoint(FileUsageJournal journal) throws Exception {
    journal.sync(Duration.ofSeconds(30));
    journal.checkpoint();
  }

  private boolean first() {
    return Files.exists(directory.resolve(SegmentDirectory.name(1)));
  }

  @Test
  void segments_goWhenTheirRetentionHasPassed_andNothingIsForgotten() throws Exception {
    try (FileUsageJournal journal = open()) {
      append(journal, clock, 120);
      clock.advance(KEPT.minusSeconds(1));
      checkpoint(journal);
      assertThat(first()).isTrue();
      assertThat(new UsageHistory(clock, journal, Map::of).keptSince()).isEqualTo(Instant.MIN);
      clock.advance(Duration.ofSeconds(2));
      append(journal, clock, 60);
      checkpoint(journal);
      assertThat(first()).isFalse();
      assertThatThrownBy(() -> journal.reader().read(1, 10, 10))
          .isInstanceOf(IOException.class)
          .hasMessageMatching(
              "record 1 was deleted, past its retention: the oldest one kept is \\d+");
      assertThat(journal.reader().read(121, 180, 100)).hasSize(60);
      UsageEvent oldest = journal.reader().read(journal.index().first(), 180, 1).get(0).event();
      assertThat(new UsageHistory(clock, journal, Map::of).keptSince())
          .isEqualTo(Instant.EPOCH.plusNanos(oldest.settledNanos()));
    }
    try (FileUsageJournal journal = open()) {
      assertThat(use.counts).isEqualTo(Map.of("acme", 180));
      assertThat(journal.append(Events.call("next"))).isEqualTo(181);
    }
  }

  @Test
  void sinkThatIsBehind_keepsThem_untilItHasThemDurablyOrIsGivenUp() throws Exception {
    try (FileUsageJournal journal = open()) {
      journal.progress("slow");
      journal.mark(new SinkMark(SinkMark.Kind.SENT, "other", 1, 0));
      append(journal, clock, 120);
      clock.advance(KEPT.plusSeconds(1));
      checkpoint(journal);
      assertThat(first()).isTrue();
      journal.markDurably(new SinkMark(SinkMark.Kind.SENT, "slow", 1, 121));
      checkpoint(journal);
      assertThat(first()).isTrue();
      journal.markDurably(new SinkMark(SinkMark.Kind.GIVEN_UP, "other", 1, 121));
      checkpoint(journal);
      assertThat(first()).isFalse();
    }
  }

  @Test
  void parkedRange_keepsThem_untilItIsGivenUp() throws Exception {
    try (FileUsageJournal journal = open()) {
      append(journal, clock, 120);
      journal.markDurably(new SinkMark(SinkMark.Kind.PARKED, "s", 1, 5));
      journal.markDurably(new SinkMark(SinkMark.Kind.SENT, "s", 6, 120));
      clock.advance(KEPT.plusSeconds(1));
      checkpoint(journal);
      assertThat(first()).isTrue();
      journal.markDurably(new SinkMark(SinkMark.Kind.GIVEN_UP, "s", 1, 5));
      checkpoint(journal);
      assertThat(first()).isFalse();
    }
  }

  private static long export(UsageHistory history, Instant from, Appendable to) throws IOException {
    return history.export("acme", from, Instant.MAX, ExportFormat.CSV, to);
  }

  @Test
  void periodThatBeginsBeforeAllIsKept_isRefused_beforeAnythingIsWritten() throws Exception {
    deleteSome();
    try (FileUsageJournal journal = open()) {
      append(journal, clock, 5);
      UsageHistory history = new UsageHistory(clock, journal, Map::of);
      Instant kept = history.keptSince();
      Instant early = kept.minusNanos(1);
      StringBuilder text = new StringBuilder();

      assertThatThrownBy(() -> export(history, early, text))
          .isInstanceOfSatisfying(
              NoLongerKeptException.class, e -> assertThat(e.since()).isEqualTo(kept))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "events settled before %s are no longer kept, and the period begins at %s: ask for"
                  + " what is kept, from %s on",
              kept, early, kept);
      assertThat(text).isEmpty();
      assertThatThrownBy(() -> history.totals(By.KEY, "acme", Instant.MIN, Instant.MAX))
          .isInstanceOf(NoLongerKeptException.class);
      assertThat(export(history, kept, text)).isGreaterThanOrEqualTo(5);
      assertThat(history.totals(By.KEY, "acme", kept, Instant.MAX)).isNotEmpty();

      Instant hour = kept.plus(Duration.ofHours(1));
      assertThatThrownBy(() -> history.series(By.KEY, "acme", "calls", range(hour.minusNanos(1))))
          .isInstanceOfSatisfying(
              NoLongerKeptException.class, e -> assertThat(e.since()).isEqualTo(hour));
      assertThat(history.series(By.KEY, "acme", "calls", range(hour))).isNotEmpty();
    }
  }

  private static UsageRange range(Instant from) {
    return new UsageRange(from, from.plus(KEPT.multipliedBy(2)), Granularity.DAY, ZoneOffset.UTC);
  }

  @Test
  void eventsDeletedWhileTheyAreExported_areTold() throws Exception {
    try (FileUsageJournal journal = open()) {
      append(journal, clock, 120);
      clock.advance(KEPT.plusSeconds(1));
      journal.sync(Duration.ofSeconds(30));
      UsageHistory history = new UsageHistory(clock, journal, Map::of);
      StringWriter text =
          new StringWriter() {
            @Override
            public void write(String row) {
              super.write(row);
              deleteOnce();
            }

            private void deleteOnce() {
              if (first()) {
                try {
                  journal.checkpoint();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            }
          };

      assertThatThrownBy(() -> export(history, Instant.MIN, text))
          .isInstanceOf(NoLongerKeptException.class);
      assertThat(first()).isFalse();
    }
  }

  @Test
  void nothingKept_isToldUpToNow() throws Exception {
    try (FileUsageJournal journal = open()) {
      append(journal, clock, 120);
      clock.advance(KEPT.plusSeconds(1));
      for (int i = 0; i < 3; i++) {
        assertThat(journal.noteDurably(new byte[2000])).isTrue(); // fills a segment without events
      }
      checkpoint(journal);
      UsageHistory history = new UsageHistory(clock, journal, Map::of);
      assertThat(history.keptSince()).isEqualTo(Instant.MAX);
      assertThatThrownBy(() -> export(history, clock.instant().minusNanos(1), new StringBuilder()))
          .isInstanceOf(NoLongerKeptException.class)
          .hasMessageContaining("before " + clock.instant() + " are no longer kept");
      assertThat(export(history, clock.instant(), new StringBuilder())).isZero();
    }
  }

  @Test
  void sinkThatIsNew_beginsWithTheOldestKept() throws Exception {
    deleteSome();
    try (FileUsageJournal journal = open()) {
      long sent = journal.progress("new").sent();
      assertThat(sent).isPositive();
      assertThat(journal.reader().read(sent + 1, 120, 1000)).isNotEmpty();
    }
  }

  private void deleteSome() throws Exception {
    try (FileUsageJournal journal = open()) {
      append(journal, clock, 120);
      clock.advance(KEPT.plusSeconds(1));
      checkpoint(journal);
    }
    assertThat(first()).isFalse();
  }

  @Test
  void stateThatIsNew_isGivenWhatIsKept() throws Exception {
    deleteSome();
    CountedUse late = new CountedUse("late");
    open(late).close();
    assertThat(use.counts).isEqualTo(Map.of("acme", 120));
    assertThat(late.given).isBetween(1, 119);
  }

  @Test
  void missingCheckpoint_isRefused_whenRecordsWereDeleted() throws Exception {
    deleteSome();
    byte[] bytes = Files.readAllBytes(directory.resolve(Checkpoint.FILE));
    Files.delete(directory.resolve(Checkpoint.FILE));
    assertThatThrownBy(this::open)
        .isInstanceOf(JournalDamagedException.class)
        .hasMessageContaining("are missing, which come before it");
    bytes[20] ^= 1;
    Files.write(directory.resolve(Checkpoint.FILE), bytes);
    assertThatThrownBy(this::open)
        .isInstanceOf(JournalDamagedException.class)
        .hasMessageContaining("what the deleted records came to cannot be read");
  }

  @Test
  void eachDeletion_isDurableBeforeTheNext_andTheCheckpointBeforeAll() throws Exception {
    List<String> calls = new ArrayList<>();
    try (FileUsageJournal journal = open()) {
      append(journal, clock, 160);
      clock.advance(KEPT.plusSeconds(1));
      journal.sync(Duration.ofSeconds(30));
      storage.hook =
          (call, name) -> {
            if (Thread.currentThread().getName().equals("main") || call.equals("delete")) {
              calls.add(call + " " + name);
            }
          };
      journal.checkpoint();
      storage.hook = (call, name) -> {};
    }
    List<String> changes =
        calls.stream().filter(call -> call.matches("(rename|delete|sync) .*")).toList();
    assertThat(changes.subList(0, 6))
        .containsExactly(
            "rename " + Checkpoint.FILE,
            "sync ",
            "delete " + SegmentDirectory.name(1),
            "sync ",
            "delete " + SegmentDirectory.name(2),
            "sync ");
  }
}
