// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CheckpointTest {

  private static final int SEGMENT = 4096;

  @TempDir private Path directory;
  private HookedStorage storage;
  private CountedUse use = new CountedUse("use");

  @BeforeEach
  void makeStorage() {
    storage = new HookedStorage(directory);
  }

  private FileUsageJournal open(JournalState... states) throws IOException {
    return FileUsageJournal.open(
        storage, () -> {}, JournalSettings.on(InstantSource.system()), SEGMENT, List.of(states));
  }

  private FileUsageJournal reopen() throws IOException {
    use = new CountedUse("use");
    return open(use);
  }

  private static void append(FileUsageJournal journal, String customer, int events) {
    for (int i = 0; i < events; i++) {
      assertThat(journal.append(Events.call(customer))).isPositive();
    }
  }

  private static void checkpoint(FileUsageJournal journal) throws Exception {
    journal.sync(Duration.ofSeconds(30));
    journal.checkpoint();
  }

  @Test
  void restart_readsOnlyWhatIsBehindIt() throws Exception {
    try (FileUsageJournal journal = open(use)) {
      append(journal, "a", 150);
      checkpoint(journal);
      append(journal, "b", 7);
    }

    reopen().close();

    assertThat(use.counts).containsOnly(entry("a", 150), entry("b", 7));
    assertThat(use.given).isEqualTo(7);
  }

  private static java.util.Map.Entry<String, Integer> entry(String customer, int count) {
    return java.util.Map.entry(customer, count);
  }

  @Test
  void next_beginsWithTheFormer() throws Exception {
    List<String> opened = new ArrayList<>();
    try (FileUsageJournal journal = open(use)) {
      append(journal, "a", 150);
      checkpoint(journal);
      append(journal, "b", 150);
      storage.hook =
          (call, name) -> {
            if (call.equals("openToRead")) {
              opened.add(name);
            }
          };
      checkpoint(journal);
    }

    assertThat(opened).contains(Checkpoint.FILE).doesNotContain(SegmentDirectory.name(1));
    reopen().close();
    assertThat(use.counts).containsOnly(entry("a", 150), entry("b", 150));
    assertThat(use.given).isZero();
  }

  @Test
  void events_afterACheckpointOfAll_goOnInSequence() throws Exception {
    for (int i = 0; i < 5; i++) {
      try (FileUsageJournal journal = reopen()) {
        assertThat(journal.append(Events.call("a"))).isEqualTo(i + 1);
        checkpoint(journal);
        assertThat(journal.durable()).isEqualTo(i + 1);
      }
    }
    reopen().close();
    assertThat(use.counts).containsOnly(entry("a", 5));
  }

  @Test
  void notes_areGivenAgain_alsoThroughACheckpoint() throws Exception {
    try (FileUsageJournal journal = open(use)) {
      assertThat(journal.note("one".getBytes(StandardCharsets.UTF_8))).isEqualTo(1);
      append(journal, "a", 1);
      checkpoint(journal);
      assertThat(journal.note("two".getBytes(StandardCharsets.UTF_8))).isEqualTo(3);
      assertThatThrownBy(() -> journal.note(new byte[4097]))
          .hasMessage("a note must have at most 4096 bytes, got 4097");
    }

    reopen().close();

    assertThat(use.notes).containsExactly("1 one", "3 two");
  }

  @Test
  void sinks_areWhereTheyWere() throws Exception {
    SinkProgress sealed;
    try (FileUsageJournal journal = open(use)) {
      append(journal, "a", 20);
      journal.mark(new SinkMark(SinkMark.Kind.SENT, "s", 1, 10));
      journal.mark(new SinkMark(SinkMark.Kind.SEALED, "s", 11, 20));
      journal.mark(new SinkMark(SinkMark.Kind.GIVEN_UP, "old", 1, 20));
      sealed = journal.progress("s");
      checkpoint(journal);
    }

    try (FileUsageJournal journal = reopen()) {
      assertThat(journal.progress("s")).isEqualTo(sealed);
      assertThat(journal.progress("s").sealed())
          .isEqualTo(new SinkMark(SinkMark.Kind.SEALED, "s", 11, 20));
      assertThat(journal.sinks().get("old").givenUp()).isTrue();
    }
  }

  @Test
  void stateThatIsNew_isGivenEverything() throws Exception {
    try (FileUsageJournal journal = open(use)) {
      append(journal, "a", 150);
      checkpoint(journal);
    }
    CountedUse late = new CountedUse("late");
    use = new CountedUse("use");

    try (FileUsageJournal journal = open(use, late)) {
      append(journal, "a", 1);
      checkpoint(journal);
    }

    assertThat(use.given).isZero();
    assertThat(late.counts).containsOnly(entry("a", 150));
    late = new CountedUse("late");
    open(new CountedUse("use"), late).close();
    assertThat(late.counts).containsOnly(entry("a", 151));
    assertThat(late.given).isZero();
  }

  @Test
  void damagedAtAnyByte_isDoneWithout() throws Exception {
    try (FileUsageJournal journal = open(use)) {
      append(journal, "a", 60);
      checkpoint(journal);
      append(journal, "b", 3);
    }
    Path file = directory.resolve(Checkpoint.FILE);
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 0; at < bytes.length; at++) {
      bytes[at] ^= 1;
      Files.write(file, bytes);
      reopen().close();
      assertThat(use.counts).as("byte %d", at).containsOnly(entry("a", 60), entry("b", 3));
      assertThat(use.given).isEqualTo(63);
      bytes[at] ^= 1;
    }
  }

  @Test
  void failureWhileItIsMade_leavesTheFormer() throws Exception {
    try (FileUsageJournal journal = open(use)) {
      append(journal, "a", 10);
      checkpoint(journal);
      append(journal, "b", 10);
      journal.sync(Duration.ofSeconds(30));
      for (String failing : List.of("write", "rename")) {
        storage.hook =
            (call, name) -> {
              if (call.equals(failing) && name.startsWith(Checkpoint.FILE)) {
                throw new IOException("ENOSPC");
              }
            };
        assertThatThrownBy(journal::checkpoint).hasMessage("ENOSPC");
      }
      storage.hook = (call, name) -> {};
    }
    reopen().close();
    assertThat(use.counts).containsOnly(entry("a", 10), entry("b", 10));
    assertThat(use.given).isEqualTo(10);
  }

  @Test
  void recordsThatItKnows_mayNotBeMissing() throws Exception {
    try (FileUsageJournal journal = open(use)) {
      append(journal, "a", 10);
      checkpoint(journal);
    }
    byte[] zeros = new byte[SEGMENT];
    Path segment = directory.resolve(SegmentDirectory.name(1));
    System.arraycopy(Files.readAllBytes(segment), 0, zeros, 0, Segment.BASE);
    Files.write(segment, zeros);

    assertThatThrownBy(this::reopen)
        .isInstanceOf(JournalDamagedException.class)
        .hasMessageContaining("records 1 to 10 are missing, which the checkpoint knows");
  }

  @Test
  void segments_mayNotBeMissingAltogether() throws Exception {
    try (FileUsageJournal journal = open(use)) {
      append(journal, "a", 10);
      checkpoint(journal);
    }
    for (String name : storage.names()) {
      if (!name.equals(Checkpoint.FILE)) {
        Files.delete(directory.resolve(name));
      }
    }

    assertThatThrownBy(this::reopen)
        .isInstanceOf(JournalDamagedException.class)
        .hasMessageContaining("it is there, but no segment is");
  }

  @Test
  void filledSegment_bringsOneByItself() throws Exception {
    JournalSettings often =
        JournalSettings.on(InstantSource.system()).checkpointEvery(Duration.ofSeconds(1));
    try (FileUsageJournal journal =
        FileUsageJournal.open(storage, () -> {}, often, SEGMENT, List.of(use))) {
      append(journal, "a", 100);
      while (!Files.exists(directory.resolve(Checkpoint.FILE))) {
        Thread.onSpinWait();
      }
    }
    reopen().close();
    assertThat(use.counts).containsOnly(entry("a", 100));
    assertThat(use.given).isLessThan(100);
  }
}
