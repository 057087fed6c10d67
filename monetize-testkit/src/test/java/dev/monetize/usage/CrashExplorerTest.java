// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a power cut may leave is never wrong; and a journal with a fault in it is found out. */
class CrashExplorerTest {

  private static final long SEED = Long.getLong("monetize.test.seed", 20261121);
  private static final long STATES = Long.getLong("monetize.test.crashStates", 1_000_000);
  private static final long SOAK_STATES = 100 * STATES;
  private static final int SOON = 100_000;

  @TempDir private Path directory;

  @Test
  void powerCuts_breakNoPromise() throws Exception {
    explore(SEED, STATES);
  }

  @Test
  @Tag("soak")
  void powerCuts_breakNoPromise_manyMore() throws Exception {
    explore(SEED + STATES, SOAK_STATES);
  }

  private void explore(long seed, long atLeast) throws Exception {
    CrashExplorer explorer = new CrashExplorer(directory);
    long start = cpuNanos();
    explorer.explore(seed, atLeast);
    System.out.printf(
        "crash states explored: %,d in %,d journals, seed %d, %.1f s of one core, no violation%n",
        explorer.states(), explorer.journals(), seed, (cpuNanos() - start) / 1e9);
    assertThat(explorer.states()).isGreaterThanOrEqualTo(atLeast);
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  @Test
  void forceThatDoesNothing_isFoundOut() throws IOException {
    foundOut(new CrashExplorer(directory, storage -> new Unforced(storage, true, false), true));
  }

  @Test
  void namesThatAreNotSynced_areFoundOut() throws IOException {
    foundOut(new CrashExplorer(directory, storage -> new Unforced(storage, false, true), true));
  }

  @Test
  void tailThatIsNotCutOff_isFoundOut() throws IOException {
    foundOut(new CrashExplorer(directory, UnaryOperator.identity(), false));
  }

  private static void foundOut(CrashExplorer explorer) {
    assertThatThrownBy(() -> explorer.explore(SEED, SOON))
        .as("%d states", explorer.states())
        .isInstanceOf(CrashExplorer.Violation.class)
        .hasMessageMatching("(?s)seed \\d+, state \\d+: .*");
    System.out.println("found out after " + explorer.states() + " states");
  }

  /** Says that something is durable without doing anything for it. */
  private record Unforced(JournalStorage storage, boolean ofBytes, boolean ofNames)
      implements JournalStorage {

    @Override
    public List<String> names() throws IOException {
      return storage.names();
    }

    @Override
    public void write(String name, Content content) throws IOException {
      storage.write(name, content);
    }

    @Override
    public JournalFile open(String name) throws IOException {
      JournalFile file = storage.open(name);
      return ofBytes ? new UnforcedFile(file) : file;
    }

    @Override
    public JournalFile openToRead(String name) throws IOException {
      return storage.openToRead(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
      storage.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
      storage.delete(name);
    }

    @Override
    public void sync() throws IOException {
      if (!ofNames) {
        storage.sync();
      }
    }
  }

  private record UnforcedFile(JournalFile file) implements JournalFile {

    @Override
    public ByteBuffer buffer() {
      return file.buffer();
    }

    @Override
    public void force(int from, int length) {
      // It only says so.
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
