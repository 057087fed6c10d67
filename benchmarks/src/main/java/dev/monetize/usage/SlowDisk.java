// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * A disk whose fsync takes a millisecond, whatever machine this is: files lie in memory where the
 * system has a directory for that, and who would have forced them waits.
 */
final class SlowDisk {

  private static final long FORCE_NANOS = 1_000_000;

  /** By how much a thread that sleeps may be woken late; it spins through the last of it. */
  private static final long LATE_NANOS = 100_000;

  private static final LongAdder FORCES = new LongAdder();
  private static final LongAdder NANOS = new LongAdder();
  private static final Path IN_MEMORY = Path.of("/dev/shm");

  private SlowDisk() {}

  /** Where files are, and are not slow by themselves. */
  static Path parent() {
    return Files.isWritable(IN_MEMORY) ? IN_MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** What an fsync takes. */
  static void force() {
    long start = System.nanoTime();
    long passed = 0;
    while (passed < FORCE_NANOS) {
      if (passed < FORCE_NANOS - LATE_NANOS) {
        LockSupport.parkNanos(FORCE_NANOS - LATE_NANOS - passed);
      } else {
        Thread.onSpinWait();
      }
      passed = System.nanoTime() - start;
    }
    FORCES.increment();
    NANOS.add(passed);
  }

  /** What it took on average, in microseconds, since this was asked last. */
  static double micros() {
    return NANOS.sumThenReset() / 1e3 / Math.max(1, FORCES.sumThenReset());
  }
}
