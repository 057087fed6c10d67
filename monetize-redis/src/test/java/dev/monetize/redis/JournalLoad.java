// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import redis.clients.jedis.RedisClient;

/** Measures appending by threads that wait for the answer; a program: threads, seconds. */
final class JournalLoad {

  private JournalLoad() {}

  /** Prints events a second, and how long each waited. */
  public static void main(String[] arguments) throws InterruptedException {
    int threads = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 64;
    int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
    try (RedisClient redis = TestRedis.empty();
        JournalInstance instance = JournalInstance.open(redis)) {
      for (int round = 0; round < 3; round++) {
        round(instance, threads, seconds);
      }
    }
  }

  private static void round(JournalInstance instance, int threads, int seconds)
      throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    LongAdder late = new LongAdder();
    List<long[]> waits = new ArrayList<>();
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Thread thread =
          new Thread(
              () -> {
                long[] own = append(instance, end, late);
                synchronized (waits) {
                  waits.add(own);
                }
              });
      all.add(thread);
      thread.start();
    }
    for (Thread thread : all) {
      thread.join();
    }
    long[] sorted = waits.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    System.out.printf(
        "%d threads: %,d events/s, p50 %d us, p99 %d us, %d unknown%n",
        threads,
        sorted.length / seconds,
        sorted[sorted.length / 2] / 1_000,
        sorted[(int) (sorted.length * 0.99)] / 1_000,
        late.sum());
  }

  private static long[] append(JournalInstance instance, long end, LongAdder late) {
    long[] waits = new long[1 << 16];
    int count = 0;
    for (long start = System.nanoTime(); start < end; start = System.nanoTime()) {
      if (instance.append("acme", 1) <= 0) {
        late.increment();
      }
      waits = count == waits.length ? Arrays.copyOf(waits, 2 * count) : waits;
      waits[count++] = System.nanoTime() - start;
    }
    return Arrays.copyOf(waits, count);
  }
}
