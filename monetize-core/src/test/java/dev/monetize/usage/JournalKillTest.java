// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process is killed in the middle of appending: what it had acknowledged is there. */
class JournalKillTest {

  private static final int SEGMENT = 128 << 10;

  @TempDir private Path directory;

  /** Appends until it is killed, from two threads, and tells each sequence when it has it. */
  static final class Appending {

    private Appending() {}

    public static void main(String[] args) throws IOException {
      FileUsageJournal journal = FileUsageJournal.openWith(Path.of(args[0]), SEGMENT, (s, e) -> {});
      new Thread(() -> appendForEver(journal, "a")).start();
      appendForEver(journal, "b");
    }

    private static void appendForEver(FileUsageJournal journal, String name) {
      for (int i = 0; true; i++) {
        String customer = name + i;
        System.out.println(journal.append(Events.call(customer)) + " " + customer);
      }
    }
  }

  @Test
  void killedProcess_losesNothingAcknowledged() throws Exception {
    TreeMap<Long, String> acknowledged = new TreeMap<>();
    for (int round = 1; round <= 3; round++) {
      Process process = start();
      try (BufferedReader lines = reader(process)) {
        for (int i = 0; i < 3_000 * round; i++) {
          add(lines.readLine(), acknowledged);
        }
        process.toHandle().destroyForcibly(); // leaves the stream open
        String line = lines.readLine();
        while (line != null) {
          add(line, acknowledged);
          line = lines.readLine();
        }
      }
      assertThat(process.waitFor()).isEqualTo(137);
      verify(acknowledged);
    }
  }

  private void verify(Map<Long, String> acknowledged) throws IOException {
    TreeMap<Long, String> read = new TreeMap<>();
    FileUsageJournal.openWith(directory, SEGMENT, (s, e) -> read.put(s, e.customer())).close();
    assertThat(read).containsAllEntriesOf(acknowledged);
    assertThat(read.lastKey()).isEqualTo(read.size());
    assertThat(read.size() - acknowledged.size()).as("not acknowledged").isLessThan(10);
    acknowledged.putAll(read);
  }

  /** The last line may be cut. */
  private static void add(String line, Map<Long, String> acknowledged) {
    String[] parts = line.split(" ", -1);
    if (parts.length == 2 && !parts[1].isEmpty()) {
      acknowledged.put(Long.parseLong(parts[0]), parts[1]);
    }
  }

  private static BufferedReader reader(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Appending.class.getName(),
            directory.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
