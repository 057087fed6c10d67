// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** 64 threads, each of which puts an event and waits until that is durable, again and again. */
final class WaitingLoad {

  private static final int THREADS = 64;
  private static final int MOST = 1 << 17;
  private static final long WARM_UP_NANOS = Duration.ofSeconds(5).toNanos();

  private final String name;
  private final Waiting engine;
  private final AtomicInteger next = new AtomicInteger();
  private long start;
  private long end;

  /** Puts an event, and returns when it is durable. */
  interface Waiting {

    void put(int number) throws Exception;
  }

  WaitingLoad(String name, Waiting engine) {
    this.name = name;
    this.engine = engine;
  }

  void run(Duration time) throws Exception {
    start = System.nanoTime() + WARM_UP_NANOS;
    end = start + time.toNanos();
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      clients.add(new Client());
    }
    clients.forEach(Thread::start);
    for (Client client : clients) {
      client.join();
    }
    report(clients, time);
  }

  private void report(List<Client> clients, Duration time) {
    long[] all =
        clients.stream()
            .flatMapToLong(client -> Arrays.stream(client.taken, 0, client.count))
            .sorted()
            .toArray();
    System.out.printf(
        "%-12s %,9.0f events/s   p50 %.2f ms   p99 %.2f ms   p99.9 %.2f ms   (an fsync took %.3f)%n",
        name,
        all.length / (time.toNanos() / 1e9),
        at(all, 0.5),
        at(all, 0.99),
        at(all, 0.999),
        SlowDisk.micros() / 1e3);
  }

  private static double at(long[] sorted, double share) {
    return sorted[(int) (sorted.length * share)] / 1e6;
  }

  private final class Client extends Thread {

    private final long[] taken = new long[MOST];
    private int count;

    @Override
    public void run() {
      try {
        long before = System.nanoTime();
        while (before < end && count < MOST) {
          engine.put(next.getAndIncrement());
          long after = System.nanoTime();
          if (before >= start) {
            taken[count++] = after - before;
          }
          before = after;
        }
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
