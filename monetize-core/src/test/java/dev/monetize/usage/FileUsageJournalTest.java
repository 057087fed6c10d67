// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileUsageJournalTest {

  @TempDir private Path directory;

  private FileUsageJournal open() throws IOException {
    return FileUsageJournal.openWith(directory, 4096, (sequence, event) -> {});
  }

  @Test
  void reopened_keepsIdAndEventsInOrder() throws IOException {
    FileUsageJournal first = open();
    List<UsageEvent> written = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      written.add(Events.call("customer-" + i));
      assertThat(first.append(written.get(i))).isEqualTo(i + 1);
    }
    first.close();
    TreeMap<Long, UsageEvent> read = new TreeMap<>();

    try (FileUsageJournal second = FileUsageJournal.openWith(directory, 4096, read::put)) {
      assertThat(second.id()).isEqualTo(first.id());
      assertThat(second.append(Events.call("next"))).isEqualTo(201);
    }

    assertThat(read.values()).containsExactlyElementsOf(written);
    assertThat(read.lastKey()).isEqualTo(200);
  }

  @Test
  void concurrentAppends_leaveNoHoleAndLoseNothing() throws Exception {
    ConcurrentHashMap<Long, String> acknowledged = new ConcurrentHashMap<>();
    int threads = 4;
    int each = 500;
    try (FileUsageJournal journal = open()) {
      CountDownLatch go = new CountDownLatch(1);
      List<Thread> running = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        String name = "t" + t + "-";
        Thread thread =
            new Thread(
                () -> {
                  awaitQuietly(go);
                  for (int i = 0; i < each; i++) {
                    if (i % 50 == 0) {
                      Thread.currentThread().interrupt();
                    }
                    acknowledged.put(journal.append(Events.call(name + i)), name + i);
                  }
                });
        thread.start();
        running.add(thread);
      }
      go.countDown();
      for (Thread thread : running) {
        thread.join();
      }
      assertThat(journal.lost()).isZero();
    }
    TreeMap<Long, String> read = new TreeMap<>();
    FileUsageJournal.openWith(directory, 4096, (s, e) -> read.put(s, e.customer())).close();
    assertThat(read).hasSize(threads * each).isEqualTo(acknowledged);
    assertThat(read.lastKey()).isEqualTo(2000);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void secondOpener_isRefused_untilTheFirstCloses() throws IOException {
    FileUsageJournal first = open();

    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessage(
            "journal in use: "
                + directory.toRealPath()
                + " is held by this process. Give each process a data directory of its own, or stop"
                + " the other one");

    first.append(Events.call("acme"));
    first.close();
    open().close();
  }

  @Test
  void append_afterClose_isCountedNotThrown() throws IOException {
    FileUsageJournal journal = open();
    journal.close();

    assertThat(journal.append(Events.call("late"))).isZero();
    assertThat(journal.lost()).isEqualTo(1);
    assertThat(journal.accepting()).isFalse();
  }

  @Test
  void event_largerThanASegmentForTests_isCountedNotThrown() throws IOException {
    UsageEvent large =
        new UsageEvent(
            0, 0, "c", "", "", "\u20ac".repeat(1024), 200, false, manyMeasures(), List.of());
    try (FileUsageJournal journal = open()) {
      assertThat(journal.append(large)).isZero();
      assertThat(journal.lost()).isEqualTo(1);
      assertThat(journal.append(Events.call("small"))).isEqualTo(1);
    }
    assertThat(JournalFiles.replay(directory)).containsExactly(Events.call("small"));
  }

  private static List<Measure> manyMeasures() {
    List<Measure> measures = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      measures.add(new Measure("\u20ac".repeat(60) + i, 1));
    }
    return measures;
  }

  @Test
  void disk_thatGivesNoSegment_endsAcceptingWithAQuarterLeft_andNothingIsLost() throws IOException {
    Set<Long> acknowledged = new HashSet<>();
    try (FileUsageJournal journal = openBlocked()) {
      while (journal.accepting()) {
        acknowledged.add(journal.append(Events.call("acme")));
      }
      for (int inFlight = 0; inFlight < 10; inFlight++) {
        acknowledged.add(journal.append(Events.call("acme")));
      }
      assertThat(journal.lost()).isZero();
      Files.delete(directory.resolve("next.tmp/x"));
      Files.delete(directory.resolve("next.tmp"));
      while (!journal.accepting()) {
        Thread.onSpinWait();
      }
      acknowledged.add(journal.append(Events.call("acme")));
    }
    assertThat(JournalFiles.replay(directory)).hasSameSizeAs(acknowledged);
  }

  /** One segment, and a directory where the next one would be made. */
  private FileUsageJournal openBlocked() throws IOException {
    SegmentDirectory segments = new SegmentDirectory(JournalStorage.directory(directory));
    Segment first = segments.create(UUID.randomUUID(), 1, 4096);
    assertThat(first.number()).isEqualTo(1);
    Files.createDirectories(directory.resolve("next.tmp/x"));
    return open();
  }

  @Test
  void segmentThatIsLate_isWaitedFor_andCallsGoOn() throws Exception {
    HookedStorage storage = new HookedStorage(directory);
    CountDownLatch made = new CountDownLatch(1);
    int events = 100;
    try (FileUsageJournal journal = blocked(storage, made)) {
      CompletableFuture<Integer> appended = appendMany(journal, events);
      awaitWaiting(journal);
      assertThat(journal.accepting()).isTrue();
      assertThat(appended).isNotDone();
      made.countDown();
      assertThat(appended.get()).isEqualTo(events);
      assertThat(journal.lost()).isZero();
    }
    assertThat(JournalFiles.replay(directory)).hasSize(events);
  }

  @Test
  void segmentThatIsLateAndThenFails_leavesTheReserveToThoseWhoWait() throws Exception {
    HookedStorage storage = new HookedStorage(directory);
    CountDownLatch made = new CountDownLatch(1);
    try (FileUsageJournal journal = blocked(storage, made)) {
      CompletableFuture<Integer> appended = appendMany(journal, 55);
      awaitWaiting(journal);
      Files.createDirectories(directory.resolve("next.tmp/x"));
      made.countDown();
      assertThat(appended.get()).isEqualTo(55);
      assertThat(journal.accepting()).isFalse();
      assertThat(journal.lost()).isZero();
      Files.delete(directory.resolve("next.tmp/x"));
      Files.delete(directory.resolve("next.tmp"));
      while (!journal.accepting()) {
        Thread.onSpinWait();
      }
    }
    assertThat(JournalFiles.replay(directory)).hasSize(55);
  }

  private static FileUsageJournal blocked(HookedStorage storage, CountDownLatch made)
      throws IOException {
    FileUsageJournal.open(
            storage, () -> {}, JournalSettings.on(InstantSource.system()), 4096, List.of())
        .close();
    for (String name : storage.names()) {
      if (name.equals(SegmentDirectory.name(2))) {
        storage.delete(name);
      }
    }
    storage.hook =
        (call, name) -> {
          if (call.equals("write")) {
            awaitQuietly(made);
          }
        };
    return FileUsageJournal.open(
        storage, () -> {}, JournalSettings.on(InstantSource.system()), 4096, List.of());
  }

  private static CompletableFuture<Integer> appendMany(FileUsageJournal journal, int events) {
    CompletableFuture<Integer> done = new CompletableFuture<>();
    new Thread(
            () -> {
              int written = 0;
              for (int i = 0; i < events; i++) {
                written += journal.append(Events.call("acme")) > 0 ? 1 : 0;
              }
              done.complete(written);
            })
        .start();
    return done;
  }

  private static void awaitWaiting(FileUsageJournal journal) {
    while (!journal.waitsForRoom()) {
      Thread.onSpinWait();
    }
  }

  /** As a lock does that the thread waits for. */
  @Test
  void close_ends_thoughItsWakeUpIsUsedUpWhileASegmentIsMade() throws Exception {
    HookedStorage storage = new HookedStorage(directory);
    CountDownLatch making = new CountDownLatch(1);
    storage.hook =
        (call, name) -> {
          if (call.equals("write")
              && Thread.currentThread().getName().equals("monetize-segments")) {
            making.countDown();
            LockSupport.park();
          }
        };
    FileUsageJournal journal =
        FileUsageJournal.open(
            storage, () -> {}, JournalSettings.on(InstantSource.system()), 4096, List.of());
    making.await();

    Thread closing = new Thread(journal::close);
    closing.start();
    closing.join(10_000);

    assertThat(closing.isAlive()).isFalse();
  }
}
