// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/**
 * One thread that records usage from elsewhere in batches of 1,024, each made durable, a hundredth
 * of it delivered twice. The engines take the same usage in turns, in slices of some batches, so
 * that what else the machine does meets all of them.
 */
final class BatchedLoad {

  private static final int BATCH = 1024;
  private static final int BATCHES_A_SLICE = 25;
  private static final int AGAIN = 100;

  private final Random random = new Random(20261121);
  private final Instant time;
  private final List<Engine> engines;
  private final long[] nanos;
  private long distinct;
  private long put;

  BatchedLoad(Path directory, Instant time) throws Exception {
    this.time = time;
    engines =
        List.of(
            new JournalEngine(Directories.make(directory, "journal"), () -> time),
            new MvStoreEngine(Directories.make(directory, "mvstore")),
            new SqliteEngine(Directories.make(directory, "sqlite")));
    nanos = new long[engines.size()];
  }

  void run(int events) throws Exception {
    int slices = Math.max(4, events / (BATCH * BATCHES_A_SLICE));
    for (int slice = 0; slice < slices; slice++) {
      long[] numbers = numbers();
      for (int turn = 0; turn < engines.size(); turn++) {
        int engine = (slice + turn) % engines.size();
        long taken = time(engines.get(engine), numbers);
        if (slice >= slices / 2) { // the rest is warming up
          nanos[engine] += taken;
        }
      }
      put += slice >= slices / 2 ? numbers.length : 0;
    }
    for (int i = 0; i < engines.size(); i++) {
      report(i);
      engines.get(i).close();
    }
  }

  /** Of the usage of a slice. */
  private long[] numbers() {
    long[] numbers = new long[BATCH * BATCHES_A_SLICE];
    for (int i = 0; i < numbers.length; i++) {
      boolean again = i > 0 && random.nextInt(AGAIN) == 0;
      numbers[i] = again ? numbers[random.nextInt(i)] : distinct++;
    }
    return numbers;
  }

  /** The time without the making of the usage: each batch is put just after it was made. */
  private long time(Engine engine, long[] numbers) throws Exception {
    OneUsage[] batch = new OneUsage[BATCH];
    long taken = 0;
    for (int from = 0; from < numbers.length; from += BATCH) {
      for (int i = 0; i < BATCH; i++) {
        batch[i] = new OneUsage(numbers[from + i], time);
      }
      long start = System.nanoTime();
      for (OneUsage usage : batch) {
        engine.put(usage);
      }
      engine.commit();
      taken += System.nanoTime() - start;
    }
    return taken;
  }

  private void report(int index) {
    Engine engine = engines.get(index);
    if (engine.size() != distinct) {
      throw new IllegalStateException(
          engine + " holds " + engine.size() + " ids, given were " + distinct);
    }
    System.out.printf(
        "%-12s %,12.0f events/s   %5.1f times as long as ours%n",
        engine, put * 1e9 / nanos[index], (double) nanos[index] / nanos[0]);
  }
}
