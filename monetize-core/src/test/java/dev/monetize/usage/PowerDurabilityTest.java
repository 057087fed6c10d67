// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.usage.JournalSettings.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PowerDurabilityTest {

  @TempDir private Path directory;
  private HookedStorage storage;

  @BeforeEach
  void makeStorage() {
    storage = new HookedStorage(directory);
  }

  private FileUsageJournal open() throws IOException {
    return FileUsageJournal.open(
        storage,
        () -> {},
        JournalSettings.on(InstantSource.system()).durability(Durability.POWER),
        1 << 16,
        List.of());
  }

  @Test
  void segmentThatCouldNotBeMade_isTriedAgainEachSecond_howeverSeldomIsSynced() throws Exception {
    Semaphore refused = new Semaphore(0);
    storage.hook =
        (call, name) -> {
          if (call.equals("write") && name.equals("next.tmp") && journals() > 0) {
            refused.release();
            throw new IOException("told to fail");
          }
        };
    JournalSettings seldom =
        JournalSettings.on(InstantSource.system()).syncEvery(Duration.ofSeconds(10));
    FileUsageJournal journal = FileUsageJournal.open(storage, () -> {}, seldom, 1 << 16, List.of());
    try {
      assertThat(refused.tryAcquire(3, 8, TimeUnit.SECONDS)).as("three tries within 8 s").isTrue();
    } finally {
      journal.close();
    }
  }

  private long journals() throws IOException {
    return storage.names().stream().filter(name -> name.endsWith(".journal")).count();
  }

  @Test
  void append_returnsOnlyWhenAnFsyncHasCoveredIt() throws Exception {
    try (FileUsageJournal journal = open()) {
      Semaphore entered = new Semaphore(0);
      Semaphore allowed = new Semaphore(0);
      storage.hook =
          (call, name) -> {
            if (call.equals("force")) {
              entered.release();
              allowed.acquireUninterruptibly();
            }
          };
      CompletableFuture<Long> first = append(journal, "first");
      entered.acquire();
      CompletableFuture<Long> second = append(journal, "second");
      while (journal.appended() < 2) {
        Thread.onSpinWait();
      }
      assertThat(first).isNotDone();
      allowed.release();
      assertThat(first.get()).isEqualTo(1);
      entered.acquire();
      assertThat(second).isNotDone();
      allowed.release(1000);
      assertThat(second.get()).isEqualTo(2);
    }
  }

  private static CompletableFuture<Long> append(FileUsageJournal journal, String customer) {
    CompletableFuture<Long> result = new CompletableFuture<>();
    new Thread(() -> result.complete(journal.append(Events.call(customer)))).start();
    return result;
  }

  @Test
  void interruptedCaller_getsItsAnswer_andKeepsItsStatus() throws IOException {
    try (FileUsageJournal journal = open()) {
      for (int i = 1; i <= 20; i++) {
        Thread.currentThread().interrupt();
        assertThat(journal.append(Events.call("acme"))).isEqualTo(i);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(journal.durable()).isGreaterThanOrEqualTo(i);
      }
    }
  }

  @Test
  void manyThreads_shareFsyncs_andEachIsDurableWhenItReturns() throws Exception {
    AtomicInteger forced = new AtomicInteger();
    int threads = 16;
    int each = 50;
    try (FileUsageJournal journal = open()) {
      storage.hook =
          (call, name) -> {
            if (call.equals("force")) {
              forced.incrementAndGet();
            }
          };
      CountDownLatch go = new CountDownLatch(1);
      AtomicInteger early = new AtomicInteger();
      List<CompletableFuture<Void>> running = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        running.add(done);
        new Thread(
                () -> {
                  try {
                    go.await();
                    for (int i = 0; i < each; i++) {
                      long sequence = journal.append(Events.call("acme"));
                      early.addAndGet(sequence > 0 && journal.durable() >= sequence ? 0 : 1);
                    }
                    done.complete(null);
                  } catch (InterruptedException e) {
                    done.completeExceptionally(e);
                  }
                })
            .start();
      }
      go.countDown();
      for (CompletableFuture<Void> done : running) {
        done.get();
      }
      assertThat(early).hasValue(0);
      assertThat(forced.get()).isLessThan(threads * each);
    }
    assertThat(JournalFiles.replay(directory)).hasSize(threads * each);
  }
}
