// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AccountFileConcurrencyTest {

  private static final int THREADS = 4;
  private static final int EACH = 100;

  @TempDir Path directory;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void puts_ofManyThreads_areAllThere() throws Exception {
    try (AccountFile accounts = AccountFile.open(directory)) {
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int thread = t;
        all.add(threads.submit(() -> putMany(accounts, thread)));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    try (AccountFile accounts = AccountFile.open(directory)) {
      assertThat(accounts.customers()).hasSize(THREADS * EACH);
      assertThat(accounts.find("shared").orElseThrow().tier()).endsWith("-" + (EACH - 1));
    }
  }

  private static void putMany(AccountFile accounts, int thread) {
    for (int i = 0; i < EACH; i++) {
      String id = thread + "-" + i;
      accounts.put(new Customer(id, ""));
      assertThat(accounts.customer(id)).isPresent();
      accounts.put(Subscription.to(id, "shared"));
    }
  }

  @Test
  void readers_doNotWaitForAWriter() throws Exception {
    CountDownLatch syncing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    List<FaultyLog> logs = new ArrayList<>();
    LogFile.Opener opener =
        path -> {
          logs.add(new FaultyLog(LogFile.open(path)));
          return logs.get(logs.size() - 1);
        };
    try (AccountFile accounts = AccountFile.open(directory, opener)) {
      logs.get(logs.size() - 1)
          .whereSync(
              log -> {
                syncing.countDown();
                awaitQuietly(goOn);
              });
      Future<?> writer = threads.submit(() -> accounts.put(new Customer("c", "")));
      syncing.await();
      assertThat(accounts.customer("c")).as("not durable yet").isEmpty();
      goOn.countDown();
      writer.get();
      assertThat(accounts.customer("c")).isPresent();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void interrupted_putsNeverthelessAndStaysInterrupted() throws Exception {
    try (AccountFile accounts = AccountFile.open(directory)) {
      Thread.currentThread().interrupt();
      accounts.put(new Customer("a", ""));
      assertThat(Thread.interrupted()).isTrue();
      threads.submit(() -> accounts.put(new Customer("b", ""))).get();
    }
    Thread.currentThread().interrupt();
    try (AccountFile accounts = AccountFile.open(directory)) {
      assertThat(Thread.interrupted()).isTrue();
      assertThat(accounts.customers()).hasSize(2);
    }
  }

  @Test
  void interrupts_fromOutside_harmNoPut() throws Exception {
    try (AccountFile accounts = AccountFile.open(directory)) {
      Thread writer = new Thread(() -> putMany(accounts, 0));
      writer.start();
      while (writer.isAlive()) {
        writer.interrupt();
        Thread.onSpinWait();
      }
      assertThat(accounts.customers()).hasSize(EACH);
    }
    try (AccountFile accounts = AccountFile.open(directory)) {
      assertThat(accounts.customers()).hasSize(EACH);
    }
  }
}
