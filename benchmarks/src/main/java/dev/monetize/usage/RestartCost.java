// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/**
 * Prints how long a restart takes with many events in the journal: with all of them to be read, and
 * once more with a checkpoint. Argument: how many events (10 million by default).
 */
public final class RestartCost {

  private static final long MONTH_NANOS = Duration.ofDays(30).toNanos();
  private static final long START = 1_795_176_000_000_000_000L;
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.ofEpochSecond(0, START + MONTH_NANOS));
  private static final int CUSTOMERS = 1000;

  /** Appended before the checkpoint is made. */
  private static final int MORE = 200_000;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private RestartCost() {}

  /** Runs in a temporary directory, of about 200 bytes an event. */
  public static void main(String[] args) throws Exception {
    int events = args.length > 0 ? Integer.parseInt(args[0]) : 10_000_000;
    Path directory = Files.createTempDirectory("restart");
    try {
      time("write " + events + " events", () -> write(directory, events));
      time("restart, all of them read", () -> restart(directory, events, 0));
      restart(directory, events, MORE);
      int all = events + MORE;
      time("restart, with a checkpoint", () -> restart(directory, all, 0));
    } finally {
      delete(directory);
    }
  }

  private interface Step {

    void run() throws Exception;
  }

  private static void time(String what, Step step) throws Exception {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = System.nanoTime();
    long cpu = threads.getCurrentThreadCpuTime();
    step.run();
    double seconds = (System.nanoTime() - start) / 1e9;
    double busy = (threads.getCurrentThreadCpuTime() - cpu) / 1e9;
    System.out.printf("%-32s %6.2f s, %6.2f s of CPU%n", what, seconds, busy);
  }

  private static void write(Path directory, int events) throws IOException {
    int bytes = JournalSettings.on(CLOCK).segmentBytes();
    try (FileUsageJournal journal =
        FileUsageJournal.openWith(directory, bytes, (sequence, event) -> {})) {
      for (int i = 0; i < events; i++) {
        journal.append(event(i, START + MONTH_NANOS / events * i));
      }
    }
  }

  /** Opens the journal, and if there is more to come appends that and makes a checkpoint. */
  private static void restart(Path directory, int events, int more) throws Exception {
    JournalSettings settings = JournalSettings.on(CLOCK);
    Ledger ledger = new Ledger(CLOCK);
    FileUsageJournal journal = FileUsageJournal.open(directory, settings, List.of(ledger));
    for (int i = 0; i < more; i++) {
      journal.append(event(i, START));
    }
    if (more > 0) {
      journal.sync(PATIENCE);
      journal.checkpoint();
    }
    journal.close();
    long calls = 0;
    for (int i = 0; i < CUSTOMERS; i++) {
      calls += ledger.units("customer-" + i, "calls", Instant.EPOCH, CLOCK.instant());
    }
    if (calls != events) {
      throw new IllegalStateException("wrote " + events + " calls, restored " + calls);
    }
  }

  private static UsageEvent event(int i, long time) {
    return new UsageEvent(
        time,
        time + 3_000_000,
        "customer-" + i % CUSTOMERS,
        "key_" + i % (2 * CUSTOMERS),
        "pro",
        "/v1/reports/{id}",
        200,
        false,
        List.of(new Measure("calls", 1), new Measure("tokens", i & 1023)),
        List.of(new QuotaWindow("calls/month", "calls", false, 1_793_491_200L)));
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }
}
