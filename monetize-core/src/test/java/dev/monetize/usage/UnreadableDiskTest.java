// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.usage.JournalSettings.OnDamage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that does not give some of a journal's pages: that is damage like any other, and no fault
 * that ends the process. In a process of its own, since it may.
 */
class UnreadableDiskTest {

  private static final int SEGMENT = 32 << 10;
  private static final int EVENTS = 1200;
  private static final int PAGE = 4096;

  @TempDir private Path directory;

  @Test
  void unreadablePages_areDamage() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:ErrorFile=" + directory.resolve("fault.log"),
                "-XX:-CreateCoredumpOnCrash",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Opening.class.getName(),
                directory.toString())
            .inheritIO()
            .start();

    assertThat(process.waitFor()).as("status of the process that opens journals").isZero();
  }

  /** Opens journals on such a disk. */
  static final class Opening {

    private final Path directory;
    private final HookedStorage storage;
    private CountedUse found = new CountedUse("found");

    private Opening(Path directory) {
      this.directory = directory;
      this.storage = new HookedStorage(directory);
    }

    public static void main(String[] args) throws Exception {
      for (int segment = 1; segment <= 3; segment++) {
        for (int from = 0; from < SEGMENT; from += PAGE) {
          begun(args[0]).loses(SegmentDirectory.name(segment), from);
        }
      }
      begun(args[0]).losesTheCheckpoint();
    }

    private static Opening begun(String root) throws IOException {
      Opening opening = new Opening(Files.createTempDirectory(Path.of(root), "journal"));
      try (FileUsageJournal journal = opening.open(OnDamage.REFUSE)) {
        for (int i = 1; i <= EVENTS; i++) {
          journal.append(Events.call("customer" + i));
        }
      }
      return opening;
    }

    private FileUsageJournal open(OnDamage onDamage) throws IOException {
      found = new CountedUse("found");
      return FileUsageJournal.open(
          storage,
          () -> {},
          JournalSettings.on(InstantSource.fixed(Instant.EPOCH)).onDamage(onDamage),
          SEGMENT,
          List.of(found));
    }

    private void loses(String name, int from) throws IOException {
      assertThat(storage.names()).contains(SegmentDirectory.name(3));
      storage.fault(name, from);

      assertThatThrownBy(() -> open(OnDamage.REFUSE))
          .isInstanceOf(JournalDamagedException.class)
          .hasMessageContaining(
              directory.resolve(name) + ": at offset " + from + ": the disk does not give");
      List<JournalGap> gaps;
      try (FileUsageJournal journal = open(OnDamage.CONTINUE)) {
        gaps = journal.gaps();
        assertThat(journal.append(Events.call("next"))).isGreaterThan(EVENTS);
      }
      try (FileUsageJournal journal = open(OnDamage.REFUSE)) {
        assertThat(journal.gaps()).isEqualTo(gaps);
      }
      assertThat(found.counts).containsEntry("next", 1).hasSizeGreaterThan(EVENTS / 3);
      LongStream.rangeClosed(1, EVENTS)
          .filter(sequence -> !found.counts.containsKey("customer" + sequence))
          .forEach(lost -> assertThat(gaps).anyMatch(gap -> holds(gap, lost)));
    }

    private static boolean holds(JournalGap gap, long sequence) {
      return sequence >= gap.first() && sequence <= gap.last();
    }

    private void losesTheCheckpoint() throws Exception {
      try (FileUsageJournal journal = open(OnDamage.REFUSE)) {
        journal.sync(Duration.ofSeconds(30));
        journal.checkpoint();
      }
      storage.fault(Checkpoint.FILE, 0);

      open(OnDamage.REFUSE).close();

      assertThat(found.counts).hasSize(EVENTS);
    }
  }
}
