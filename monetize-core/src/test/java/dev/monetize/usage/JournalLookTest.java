// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is seen of a journal, and that it is left as it is. */
class JournalLookTest {

  @TempDir private Path directory;
  private final List<RecordedEvent> seen = new ArrayList<>();

  @BeforeEach
  void write() throws Exception {
    try (FileUsageJournal journal = FileUsageJournal.openWith(directory, 4096, (s, e) -> {})) {
      for (int i = 0; i < 30; i++) {
        journal.append(Events.call(i % 3 == 0 ? "acme" : "beta"));
      }
      journal.note(new byte[12]);
      journal.mark(new SinkMark(SinkMark.Kind.SENT, "file", 1, 20));
    }
  }

  private JournalLook.Found look() throws IOException {
    seen.clear();
    return new JournalLook(directory).read(seen::add);
  }

  private Map<String, byte[]> files() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(directory)) {
      for (Path path : (Iterable<Path>) all::iterator) {
        files.put(path.getFileName().toString(), Files.readAllBytes(path));
      }
    }
    return files;
  }

  private Path segment(int index) throws IOException {
    List<String> begun = new ArrayList<>();
    for (String name : files().keySet()) {
      if (name.endsWith(".journal")
          && Segment.of(name, JournalStorage.directory(directory).openToRead(name)).base() > 0) {
        begun.add(name);
      }
    }
    return directory.resolve(begun.get(index < 0 ? begun.size() + index : index));
  }

  @Test
  void found_isWhatThereIs_andNothingChanges() throws Exception {
    byte[] last = Files.readAllBytes(segment(-1));
    int end = last.length;
    while (end > 0 && last[end - 1] == 0) {
      end--;
    }
    last[(end + 16) & ~7] = 9; // the first bytes of a record
    Files.write(segment(-1), last);
    Map<String, byte[]> before = files();

    JournalLook.Found found = look();

    assertThat(found.first()).isEqualTo(1);
    assertThat(found.records()).isEqualTo(32);
    assertThat(found.torn()).isPositive();
    assertThat(found.sinks()).isEqualTo(Map.of("file", new JournalLook.Sink(20, 0, false)));
    assertThat(seen).hasSize(30).allMatch(event -> event.journal().equals(found.journal()));
    assertThat(files()).usingRecursiveComparison().isEqualTo(before);
  }

  @Test
  void damage_namesTheFileTheOffsetAndTheGap() throws Exception {
    Path first = segment(0);
    byte[] bytes = Files.readAllBytes(first);
    bytes[200] ^= 1;
    Files.write(first, bytes);

    assertThatThrownBy(this::look)
        .isInstanceOf(JournalDamagedException.class)
        .hasMessageContaining(first + ": at offset 200: record 3 cannot be read. Nothing was");
    assertThat(seen).extracting(RecordedEvent::sequence).containsExactly(1L, 2L);
  }

  @Test
  void damageBeforeTheCheckpoint_isNotSeenByAStart_butFound() throws Exception {
    CountedUse use = new CountedUse("use");
    try (FileUsageJournal journal = open(use)) {
      for (int i = 0; i < 100; i++) {
        assertThat(journal.append(Events.call("acme"))).isPositive();
      }
      journal.sync(Duration.ofSeconds(30));
      journal.checkpoint();
    }
    Path first = segment(0);
    byte[] bytes = Files.readAllBytes(first);
    bytes[200] ^= 1;
    Files.write(first, bytes);

    open(new CountedUse("use")).close();
    assertThatThrownBy(this::look)
        .isInstanceOf(JournalDamagedException.class)
        .hasMessageContaining(first + ": at offset 200: record 3 cannot be read. Nothing was");
  }

  private FileUsageJournal open(JournalState state) throws IOException {
    return FileUsageJournal.open(
        JournalStorage.directory(directory),
        () -> {},
        JournalSettings.on(InstantSource.system()),
        4096,
        List.of(state));
  }

  @Test
  void checkpointThatIsDamaged_isDoneWithout_asAtAStart() throws Exception {
    Files.write(directory.resolve(Checkpoint.FILE), new byte[100]);

    assertThat(look().records()).isEqualTo(32);

    Files.move(
        segment(0),
        directory.resolve(SegmentDirectory.name(2)),
        StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(this::look)
        .isInstanceOf(JournalDamagedException.class)
        .hasMessageContaining("what the deleted records came to cannot be read");
  }

  @Test
  void viewerThatFails_endsTheReading_andIsNoDamage() {
    for (Exception failure : List.of(new IOException("full"), new IllegalStateException("full"))) {
      seen.clear();
      assertThatThrownBy(
              () ->
                  new JournalLook(directory)
                      .read(
                          event -> {
                            seen.add(event);
                            if (failure instanceof IOException io) {
                              throw io;
                            }
                            throw (RuntimeException) failure;
                          }))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(JournalDamagedException.class)
          .hasMessageContaining("full");
      assertThat(seen).hasSize(1);
    }
  }

  @Test
  void directoryWithoutAJournal_isTold() {
    assertThatThrownBy(() -> new JournalLook(directory.resolve("none")).read(seen::add))
        .hasMessage("there is no directory " + directory.resolve("none"));
    assertThatThrownBy(() -> new JournalLook(directory.getParent()).read(seen::add))
        .hasMessageStartingWith(directory.getParent() + " holds no journal: ");
  }

  /** Segments fill, checkpoints are made and segments deleted while it looks, again and again. */
  @Test
  void journalInUse_isAlwaysWhole() throws Exception {
    JournalSettings settings =
        JournalSettings.on(() -> Instant.ofEpochSecond(0, Events.NOON).plus(Duration.ofDays(900)))
            .retention(Duration.ZERO);
    Path own = Files.createDirectory(directory.resolve("own"));
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong appended = new AtomicLong();
    try (FileUsageJournal journal =
        FileUsageJournal.open(
            JournalStorage.directory(own),
            () -> {},
            settings,
            1 << 16,
            List.of(new CountedUse("count")))) {
      Thread app =
          new Thread(
              () -> {
                while (!done.get() && journal.append(Events.call("acme")) > 0) {
                  appended.incrementAndGet();
                }
              });
      Thread checkpoints = new Thread(() -> checkpoints(journal, done));
      app.start();
      checkpoints.start();
      long deleted = 0;
      int looks = 0;
      for (; looks < 300 || (deleted < 20 && looks < 2000); looks++) {
        long least = appended.get();
        seen.clear();
        JournalLook.Found found = new JournalLook(own).read(seen::add);
        assertThat(found.records()).isGreaterThanOrEqualTo(least);
        long first = found.records() - seen.size() + 1;
        assertThat(found.first()).isEqualTo(first);
        deleted = Math.max(deleted, first - 1);
        assertThat(seen.stream().mapToLong(RecordedEvent::sequence))
            .containsExactlyElementsOf(
                LongStream.rangeClosed(first, found.records()).boxed().toList());
      }
      done.set(true);
      app.join();
      checkpoints.join();
      System.out.printf(
          "%d looks at a journal in use: %d events appended, at least %d deleted, none missing%n",
          looks, appended.get(), deleted);
      assertThat(deleted).isPositive();
      assertThat(journal.lost()).isZero();
    }
  }

  private static void checkpoints(FileUsageJournal journal, AtomicBoolean done) {
    try {
      while (!done.get()) {
        journal.checkpoint();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
