// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What settling a call costs its caller: one event appended to the journal, and folded into the
 * ledger. Each iteration fills one segment, so that the disk's speed is no part of it. Run with
 * {@code -prof gc} to see that nothing is allocated.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10)
@Measurement(iterations = 20)
@Fork(1)
@State(Scope.Benchmark)
public class JournalBenchmark {

  private static final int EVENTS = 200_000;
  private static final int SEGMENT_BYTES = 64 << 20;
  private static final long TIME = 1_795_176_000_000_000_000L;

  private final UsageEvent[] events = new UsageEvent[1024];
  private Path directory;
  private FileUsageJournal journal;
  private Ledger ledger;

  /** A new journal. */
  @Setup(Level.Iteration)
  public void open() throws IOException {
    directory = Files.createTempDirectory("journal");
    ledger = new Ledger(InstantSource.system());
    journal = FileUsageJournal.openWith(directory, SEGMENT_BYTES, ledger::fold);
    for (int i = 0; i < events.length; i++) {
      events[i] = event(i);
    }
  }

  /** Leaves nothing behind. */
  @TearDown(Level.Iteration)
  public void close() throws IOException {
    journal.close();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  /** The journal alone. */
  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public long append() {
    long last = 0;
    for (int i = 0; i < EVENTS; i++) {
      last = journal.append(events[i & 1023]);
    }
    return last;
  }

  /** The ledger alone. */
  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public Ledger fold() {
    for (int i = 0; i < EVENTS; i++) {
      ledger.fold(i, events[i & 1023]);
    }
    return ledger;
  }

  private static UsageEvent event(int i) {
    long time = TIME + i * 1_000_000L;
    return new UsageEvent(
        time,
        time + 3_000_000,
        "customer-" + i % 100,
        "key_" + i % 200,
        "pro",
        "/v1/reports/{id}",
        200,
        false,
        List.of(new Measure("calls", 1), new Measure("tokens", i)),
        List.of(new QuotaWindow("calls/month", "calls", false, 1_793_491_200L)));
  }
}
