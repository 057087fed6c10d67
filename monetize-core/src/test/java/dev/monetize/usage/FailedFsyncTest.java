// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.usage.JournalSettings.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FailedFsyncTest {

  private static final int SEGMENT = 4096;

  @TempDir private Path directory;
  private HookedStorage storage;

  @BeforeEach
  void makeStorage() {
    storage = new HookedStorage(directory);
    storage.dropping = true;
  }

  private FileUsageJournal open(Durability durability) throws IOException {
    return FileUsageJournal.open(
        storage,
        () -> {},
        JournalSettings.on(InstantSource.system()).durability(durability),
        SEGMENT,
        List.of());
  }

  /** Lets the next fsync fail, and no later one. */
  private AtomicInteger failing(int times) {
    AtomicInteger left = new AtomicInteger(times);
    storage.hook =
        (call, name) -> {
          if (call.equals("force") && left.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            throw new IOException("EIO");
          }
        };
    return left;
  }

  @Test
  void bytesThatTheSystemDropped_areWrittenIntoAFreshSegment() throws Exception {
    List<UsageEvent> written = new ArrayList<>();
    try (FileUsageJournal journal = open(Durability.PROCESS)) {
      append(journal, written, 5);
      awaitSynced(journal, 5);
      AtomicInteger left = failing(1);
      append(journal, written, 5);
      awaitSynced(journal, 10);
      assertThat(left).hasValue(0);
      assertThat(journal.accepting()).isTrue();
      append(journal, written, 60);
      awaitSynced(journal, 70);
      assertThat(journal.reader().read(1, 70, 100).stream().map(RecordedEvent::event))
          .containsExactlyElementsOf(written);
      assertThat(journal.lost()).isZero();
    }
    assertThat(JournalFiles.replay(directory)).isEqualTo(written);
    assertThat(JournalFiles.replay(directory)).isEqualTo(written);
  }

  @Test
  void bytesThatStayed_areNoDoubles() throws Exception {
    storage.dropping = false;
    List<UsageEvent> written = new ArrayList<>();
    try (FileUsageJournal journal = open(Durability.PROCESS)) {
      append(journal, written, 5);
      awaitSynced(journal, 5);
      failing(1);
      append(journal, written, 5);
      awaitSynced(journal, 10);
      byte[] poisoned = Files.readAllBytes(directory.resolve(SegmentDirectory.name(1)));
      append(journal, written, 100);
      awaitSynced(journal, 110);
      assertThat(Files.readAllBytes(directory.resolve(SegmentDirectory.name(1))))
          .isEqualTo(poisoned);
    }
    assertThat(JournalFiles.replay(directory)).isEqualTo(written);
  }

  @Test
  void firstFsyncOfASegment_mayFailToo() throws Exception {
    List<UsageEvent> written = new ArrayList<>();
    failing(1);
    try (FileUsageJournal journal = open(Durability.PROCESS)) {
      append(journal, written, 3);
      awaitSynced(journal, 3);
      append(journal, written, 3);
    }
    assertThat(JournalFiles.replay(directory)).isEqualTo(written);
  }

  @Test
  void waitingAppend_isAcknowledgedByTheNextFile() throws Exception {
    try (FileUsageJournal journal = open(Durability.POWER)) {
      assertThat(journal.append(Events.call("a"))).isEqualTo(1);
      failing(1);
      assertThat(journal.append(Events.call("b"))).isEqualTo(2);
      assertThat(journal.append(Events.call("c"))).isEqualTo(3);
      assertThat(journal.lost()).isZero();
    }
    assertThat(JournalFiles.replay(directory))
        .containsExactly(Events.call("a"), Events.call("b"), Events.call("c"));
  }

  @Test
  void secondFailure_endsAccepting_andNothingUnsureIsAcknowledged() throws Exception {
    try (FileUsageJournal journal = open(Durability.POWER)) {
      assertThat(journal.append(Events.call("a"))).isEqualTo(1);
      failing(2);
      assertThat(journal.append(Events.call("b"))).isNotPositive();
      assertThat(journal.accepting()).isFalse();
      assertThat(journal.append(Events.call("c"))).isNotPositive();
      assertThat(journal.lost()).isEqualTo(2);
    }
    assertThat(JournalFiles.replay(directory)).startsWith(Events.call("a"));
  }

  @Test
  void moreThanASegmentNotDurable_isWrittenIntoALargerOne() throws Exception {
    List<UsageEvent> written = new ArrayList<>();
    CountDownLatch reached = new CountDownLatch(1);
    CompletableFuture<Void> go = new CompletableFuture<>();
    AtomicInteger left = new AtomicInteger(1);
    try (FileUsageJournal journal = open(Durability.PROCESS)) {
      append(journal, written, 5);
      awaitSynced(journal, 5);
      while (!storage.names().contains(SegmentDirectory.name(2))) {
        Thread.onSpinWait();
      }
      storage.hook =
          (call, name) -> {
            if (call.equals("force") && left.getAndDecrement() > 0) {
              reached.countDown();
              go.join();
              throw new IOException("EIO");
            }
          };
      append(journal, written, 1);
      reached.await();
      append(journal, written, 100);
      go.complete(null);
      awaitSynced(journal, 106);
      append(journal, written, 20);
      assertThat(largestSegment()).isGreaterThan(SEGMENT);
    }
    assertThat(JournalFiles.replay(directory)).isEqualTo(written);
  }

  private long largestSegment() throws IOException {
    long largest = 0;
    for (String name : new SegmentDirectory(storage).files().values()) {
      largest = Math.max(largest, Files.size(directory.resolve(name)));
    }
    return largest;
  }

  private static void append(FileUsageJournal journal, List<UsageEvent> written, int events) {
    for (int i = 0; i < events; i++) {
      UsageEvent event = Events.call("customer-" + written.size());
      written.add(event);
      assertThat(journal.append(event)).isEqualTo(written.size());
    }
  }

  private static void awaitSynced(FileUsageJournal journal, long event) {
    while (journal.durable() < event) {
      Thread.onSpinWait();
    }
  }
}
