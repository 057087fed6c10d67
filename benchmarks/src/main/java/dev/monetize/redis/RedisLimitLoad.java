// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.testkit.FaultProxy;
import dev.monetize.testkit.FreePorts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import redis.clients.jedis.RedisClient;
import redis.embedded.RedisServer;

/**
 * Limiters on one Redis, beside each other: a hot key with 32 threads and three limits, round trips
 * on the wire, bytes in Redis; then leases and refusals of ours. Starts a server of its own.
 */
public final class RedisLimitLoad {

  private static final int THREADS = 32;
  private static final int ROUNDS = Integer.getInteger("rounds", 5);
  private static final long ROUND_NANOS =
      TimeUnit.MILLISECONDS.toNanos(Integer.getInteger("round.millis", 2_000));

  private RedisLimitLoad() {}

  /** Of a round. */
  private record Round(double perSecond, long p50, long p99) {}

  /** Run without arguments. */
  public static void main(String[] args) throws Exception {
    int port = FreePorts.next();
    RedisServer server = RedisServer.builder().port(port).setting("save \"\"").build();
    server.start();
    try {
      Map<String, IntFunction<Contender>> contenders = new LinkedHashMap<>();
      contenders.put("monetize", Contenders::monetize);
      contenders.put("bucket4j", Contenders::bucket4j);
      contenders.put("redisson", Contenders::redisson);
      if (args.length == 0 || args[0].equals("hot")) {
        hotKey(port, contenders);
        wire(port, contenders);
        bytes(port, contenders);
      }
      if (args.length == 0 || args[0].equals("leases")) {
        LeaseLoad.run(port);
      }
    } finally {
      server.stop();
    }
  }

  private static void hotKey(int port, Map<String, IntFunction<Contender>> makers)
      throws Exception {
    Map<String, Contender> all = new LinkedHashMap<>();
    makers.forEach((name, maker) -> all.put(name, maker.apply(port)));
    Map<String, List<Round>> rounds = new LinkedHashMap<>();
    for (int i = -1; i < ROUNDS; i++) { // the first warms up
      for (Map.Entry<String, Contender> one : all.entrySet()) {
        Round round = round(one.getValue(), i < 0 ? 2 * ROUND_NANOS : ROUND_NANOS);
        if (i >= 0) {
          rounds.computeIfAbsent(one.getKey(), name -> new ArrayList<>()).add(round);
          System.out.printf(
              "round %d %-9s %,9.0f decisions/s  p50 %,8.0f µs  p99 %,8.0f µs%n",
              i, one.getKey(), round.perSecond(), round.p50() / 1e3, round.p99() / 1e3);
        }
      }
    }
    all.values().forEach(Contender::close);
    Round ours = median(rounds.get("monetize"));
    System.out.printf(
        "%nhot key, %d threads, 3 limits; medians of %d rounds, and monetize to each%n",
        THREADS, ROUNDS);
    rounds.forEach(
        (name, some) -> {
          Round median = median(some);
          System.out.printf(
              "%-9s %,9.0f decisions/s (× %.1f)  p50 %,8.0f µs  p99 %,8.0f µs (1/%.1f)%n",
              name,
              median.perSecond(),
              ours.perSecond() / median.perSecond(),
              median.p50() / 1e3,
              median.p99() / 1e3,
              (double) median.p99() / ours.p99());
        });
  }

  private static Round median(List<Round> rounds) {
    int middle = rounds.size() / 2;
    return new Round(
        rounds.stream().mapToDouble(Round::perSecond).sorted().toArray()[middle],
        rounds.stream().mapToLong(Round::p50).sorted().toArray()[middle],
        rounds.stream().mapToLong(Round::p99).sorted().toArray()[middle]);
  }

  private static Round round(Contender contender, long length) throws InterruptedException {
    long[][] nanos = new long[THREADS][];
    CountDownLatch ready = new CountDownLatch(THREADS);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int number = i;
      Thread thread = new Thread(() -> nanos[number] = calls(contender, ready, length));
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    long[] sorted = Arrays.stream(nanos).flatMapToLong(Arrays::stream).sorted().toArray();
    return new Round(
        sorted.length * 1e9 / length, sorted[sorted.length / 2], sorted[sorted.length * 99 / 100]);
  }

  private static long[] calls(Contender contender, CountDownLatch ready, long length) {
    long[] nanos = new long[1_000_000];
    int count = 0;
    ready.countDown();
    try {
      ready.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    long begin = System.nanoTime();
    for (long now = begin; now - begin < length; count++) {
      if (!contender.acquire("hot")) {
        throw new IllegalStateException("refused");
      }
      long then = System.nanoTime();
      nanos[count] = then - now;
      now = then;
    }
    return Arrays.copyOf(nanos, count);
  }

  /** Turns on the wire, of one thread and of all on a key. */
  private static void wire(int port, Map<String, IntFunction<Contender>> makers) {
    System.out.printf("%nround trips on the wire for a decision: alone, and %d at once%n", THREADS);
    makers.forEach(
        (name, maker) -> {
          try (FaultProxy proxy = FaultProxy.to("localhost", port);
              Contender contender = maker.apply(proxy.port())) {
            for (int i = 0; i < 1_000; i++) {
              contender.acquire("wire");
            }
            long before = proxy.traffic().turns();
            for (int i = 0; i < 1_000; i++) {
              contender.acquire("wire");
            }
            double alone = (proxy.traffic().turns() - before) / 1_000.0;
            round(contender, ROUND_NANOS / 2); // connected
            before = proxy.traffic().turns();
            Round round = round(contender, ROUND_NANOS);
            double together =
                (proxy.traffic().turns() - before) / (round.perSecond() * ROUND_NANOS / 1e9);
            System.out.printf("%-9s %6.3f %8.3f%n", name, alone, together);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  /** Of a customer with three limits, with its keys. */
  private static void bytes(int port, Map<String, IntFunction<Contender>> makers) {
    System.out.printf("%nbytes in Redis for three limits of c_0123456789, key included%n");
    makers.forEach(
        (name, maker) -> {
          try (RedisClient redis = RedisClient.create("localhost", port);
              Contender contender = maker.apply(port)) {
            redis.flushAll();
            for (int i = 0; i < 1_000; i++) {
              contender.acquire("c_0123456789");
            }
            long bytes = redis.keys("*").stream().mapToLong(redis::memoryUsage).sum();
            System.out.printf("%-9s %,d (after 1,000 calls)%n", name, bytes);
          }
        });
  }
}
