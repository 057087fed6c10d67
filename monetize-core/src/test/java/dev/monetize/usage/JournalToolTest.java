// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the tool says of a journal, and that it leaves it as it is. */
class JournalToolTest {

  @TempDir private Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void write() throws Exception {
    try (FileUsageJournal journal = FileUsageJournal.openWith(directory, 4096, (s, e) -> {})) {
      for (int i = 0; i < 30; i++) {
        journal.append(Events.call(i % 3 == 0 ? "acme" : "beta"));
      }
      journal.note(new byte[12]);
      journal.mark(RecordType.SENT, new SinkMark("file", 1, 20));
    }
  }

  private int run(String... args) throws IOException {
    out.reset();
    err.reset();
    return JournalTool.run(
        List.of(args),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private List<String> lines() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
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

  @Test
  void verify_tellsWhatThereIs_andChangesNothing() throws Exception {
    tear();
    Map<String, byte[]> before = files();

    assertThat(run("journal", "verify", directory.toString())).isZero();

    assertThat(lines())
        .anySatisfy(line -> assertThat(line).endsWith("records up to 32, all readable"))
        .anySatisfy(line -> assertThat(line).endsWith("a start cuts them off"))
        .contains("sink file: sent up to 20, 0 batches put aside");
    assertThat(files()).usingRecursiveComparison().isEqualTo(before);
  }

  /** Leaves the first bytes of a record behind the last. */
  private void tear() throws IOException {
    Path last = directory.resolve(new TreeMap<>(segments()).lastEntry().getKey());
    byte[] bytes = Files.readAllBytes(last);
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] == 0) {
      end--;
    }
    bytes[(end + 16) & ~7] = 9;
    Files.write(last, bytes);
  }

  private Map<String, byte[]> segments() throws IOException {
    Map<String, byte[]> segments = new TreeMap<>();
    for (Map.Entry<String, byte[]> file : files().entrySet()) {
      Segment segment =
          file.getKey().endsWith(".journal")
              ? Segment.of(
                  file.getKey(), JournalStorage.directory(directory).openToRead(file.getKey()))
              : null;
      if (segment != null && segment.base() > 0) {
        segments.put(file.getKey(), file.getValue());
      }
    }
    return segments;
  }

  @Test
  void damage_isTold() throws Exception {
    String first = segments().keySet().iterator().next();
    byte[] bytes = Files.readAllBytes(directory.resolve(first));
    bytes[200] ^= 1;
    Files.write(directory.resolve(first), bytes);

    assertThat(run("journal", "verify", directory.toString())).isEqualTo(1);

    assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("damaged: ").contains(first);
  }

  @Test
  void export_printsTheEventsOfACustomer_orOfAll() throws Exception {
    assertThat(run("journal", "export", directory.toString(), "acme")).isZero();
    assertThat(lines()).hasSize(10).allSatisfy(line -> assertThat(line).contains("\"acme\""));

    assertThat(run("journal", "export", directory.toString())).isZero();
    assertThat(lines()).hasSize(30);
  }

  @Test
  void show_worksWhileTheJournalIsInUse() throws Exception {
    List<Long> read = new ArrayList<>();
    try (FileUsageJournal journal =
        FileUsageJournal.openWith(directory, 4096, (sequence, event) -> read.add(sequence))) {
      journal.append(Events.call("late"));

      assertThat(run("journal", "show", directory.toString())).isZero();

      assertThat(lines()).filteredOn(line -> line.startsWith("{")).hasSize(31);
      assertThat(lines()).contains("note 31, 12 bytes");
    }
    assertThat(read).hasSize(30);
  }

  @Test
  void whatIsNotUnderstood_isAnsweredWithHelp() throws Exception {
    assertThat(run()).isEqualTo(2);
    assertThat(run("journal", "burn", directory.toString())).isEqualTo(2);
    assertThat(run("journal", "verify", "a", "b")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("usage: ");
    assertThat(run("journal", "verify", directory.resolve("none").toString())).isEqualTo(1);
  }
}
