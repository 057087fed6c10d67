// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import dev.monetize.usage.JournalSettings.Durability;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The journal beside H2's MVStore and SQLite, on a disk whose fsync takes 1 ms: events that 64
 * threads wait for, and usage from elsewhere in batches, each id once. Arguments: {@code waiting},
 * {@code batched}, or both in one run if there is none; and how many events are batched.
 */
public final class JournalLoad {

  private static final Instant TIME = Instant.parse("2026-11-21T12:00:00Z");
  private static final Duration MEASURED = Duration.ofSeconds(10);
  private static final int EVENTS = 2_000_000;

  private JournalLoad() {}

  /** Runs in a temporary directory, in memory where there is one. */
  public static void main(String[] args) throws Exception {
    String which = args.length > 0 ? args[0] : "";
    int events = args.length > 1 ? Integer.parseInt(args[1]) : EVENTS;
    Path directory = Files.createTempDirectory(SlowDisk.parent(), "load");
    try {
      if (!which.equals("batched")) {
        waiting(directory);
      }
      if (!which.equals("waiting")) {
        System.out.printf("one thread, 1,024 a commit, each id once, %,d events%n", events);
        new BatchedLoad(directory, TIME).run(events);
      }
    } finally {
      Directories.delete(directory);
    }
  }

  private static void waiting(Path directory) throws Exception {
    System.out.println("64 threads, each waits for each of its events");
    JournalSettings power = JournalSettings.on(() -> TIME).durability(Durability.POWER);
    SlowStorage storage = new SlowStorage(Directories.make(directory, "power"));
    try (FileUsageJournal journal =
        FileUsageJournal.open(storage, () -> {}, power, power.segmentBytes(), List.of())) {
      UsageEvent event = event();
      new WaitingLoad("journal", number -> acknowledged(journal.append(event))).run(MEASURED);
    }
    Path store = Directories.make(directory, "waiting-mvstore");
    try (GroupCommit commit = new GroupCommit(new MvStoreEngine(store), TIME)) {
      new WaitingLoad("H2 MVStore", commit).run(MEASURED);
    }
    Path database = Directories.make(directory, "waiting-sqlite");
    try (GroupCommit commit = new GroupCommit(new SqliteEngine(database), TIME)) {
      new WaitingLoad("SQLite", commit).run(MEASURED);
    }
  }

  private static void acknowledged(long sequence) {
    if (sequence <= 0) {
      throw new IllegalStateException("not acknowledged: " + sequence);
    }
  }

  private static UsageEvent event() {
    long nanos = TIME.getEpochSecond() * 1_000_000_000;
    return new UsageEvent(
        nanos,
        nanos + 3_000_000,
        "customer-1",
        "key_1",
        "pro",
        "/v1/reports/{id}",
        200,
        false,
        List.of(new Measure("calls", 1), new Measure("tokens", 812)),
        List.of(new QuotaWindow("calls/month", "calls", false, 1_793_491_200L)));
  }
}
