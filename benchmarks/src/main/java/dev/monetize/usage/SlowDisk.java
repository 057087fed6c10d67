// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * A disk whose fsync takes a millisecond, whatever machine this is: files lie in memory where the
 * system has a directory for that, and who would have forced them waits.
 */
final class SlowDisk {

  private static final long FORCE_NANOS = 1_000_000;
  private static final Path IN_MEMORY = Path.of("/dev/shm");

  private SlowDisk() {}

  /** Where files are, and are not slow by themselves. */
  static Path parent() {
    return Files.isWritable(IN_MEMORY) ? IN_MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** What an fsync takes. */
  static void force() {
    long deadline = System.nanoTime() + FORCE_NANOS;
    long left = FORCE_NANOS;
    while (left > 0) {
      LockSupport.parkNanos(left);
      left = deadline - System.nanoTime();
    }
  }
}
