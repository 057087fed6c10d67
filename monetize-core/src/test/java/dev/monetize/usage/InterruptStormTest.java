// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.monetize.usage.JournalSettings.Durability;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Interrupts of threads that append do no harm: to the journal, to the answer, or to the flag. */
@Timeout(120)
class InterruptStormTest {

  private static final long SEED = Long.getLong("monetize.test.seed", 20261121);
  private static final int THREADS = 32;
  private static final int EACH = 200;

  @TempDir private Path directory;
  private final Map<Long, String> acknowledged = new ConcurrentHashMap<>();
  private final AtomicInteger appended = new AtomicInteger();
  private final AtomicInteger wrong = new AtomicInteger();

  @ParameterizedTest
  @EnumSource
  void storm_overThreads_harmsNothing(Durability durability) throws Exception {
    storm(durability, Thread::new);
  }

  @ParameterizedTest
  @EnumSource
  void storm_overVirtualThreads_harmsNothing(Durability durability) throws Exception {
    assumeTrue(Runtime.version().feature() >= 21, "there are virtual threads from 21 on");
    storm(durability, InterruptStormTest::virtual);
  }

  private static Thread virtual(Runnable task) {
    try {
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      Method unstarted =
          Class.forName("java.lang.Thread$Builder").getMethod("unstarted", Runnable.class);
      return (Thread) unstarted.invoke(builder, task);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("no virtual threads", e);
    }
  }

  private void storm(Durability durability, Function<Runnable, Thread> kind) throws Exception {
    JournalSettings settings =
        JournalSettings.on(InstantSource.system()).durability(durability).segmentBytes(128 << 10);
    try (FileUsageJournal journal = FileUsageJournal.open(directory, settings, List.of())) {
      List<Thread> running = new ArrayList<>();
      for (int number = 0; number < THREADS; number++) {
        String name = "t" + number + "-";
        running.add(kind.apply(() -> append(journal, name)));
      }
      running.forEach(Thread::start);
      SplittableRandom random = new SplittableRandom(SEED);
      while (running.stream().anyMatch(Thread::isAlive)) {
        running.get(random.nextInt(THREADS)).interrupt();
        Thread.onSpinWait();
      }
      assertThat(journal.lost()).isZero();
    }
    assertThat(wrong).as("not acknowledged, or a flag that was lost").hasValue(0);
    assertThat(acknowledged).hasSize(appended.get());
    assertThat(replay()).isEqualTo(acknowledged);
  }

  /**
   * Goes on until it has been interrupted from outside. Each second time the flag is set before, so
   * that it must be afterwards.
   */
  private void append(FileUsageJournal journal, String name) {
    boolean hit = false;
    for (int i = 0; i < EACH || !hit; i++) {
      boolean before = i % 2 == 0;
      if (before) {
        Thread.currentThread().interrupt();
      }
      long sequence = journal.append(Events.call(name + i));
      boolean after = Thread.interrupted();
      hit |= after && !before;
      wrong.addAndGet(sequence > 0 && (after || !before) ? 0 : 1);
      acknowledged.put(sequence, name + i);
      appended.incrementAndGet();
    }
  }

  private Map<Long, String> replay() throws Exception {
    TreeMap<Long, String> read = new TreeMap<>();
    FileUsageJournal.openWith(directory, 128 << 10, (s, event) -> read.put(s, event.customer()))
        .close();
    return read;
  }

  @Test
  void interruptedThread_leavesANote_andKeepsItsFlag() throws Exception {
    JournalSettings settings =
        JournalSettings.on(InstantSource.system()).durability(Durability.POWER);
    try (FileUsageJournal journal = FileUsageJournal.open(directory, settings, List.of())) {
      Thread.currentThread().interrupt();
      assertThat(journal.note(new byte[] {1})).isEqualTo(1);
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
