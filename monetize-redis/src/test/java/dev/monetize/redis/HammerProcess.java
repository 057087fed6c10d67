// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Charge;
import dev.monetize.limit.Decision.Allowed;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.Scope;
import dev.monetize.limit.Subject;
import dev.monetize.limit.Window;
import dev.monetize.limit.WindowLimit;
import java.io.IOException;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;

/** An instance of a service that wants more than all quotas hold, from many threads at once. */
final class HammerProcess {

  static final int THREADS = 64;

  /** Customers: each has the quota, and threads that charge it so much at a time. */
  static final long[][] COSTS = {{1}, {3}, {1, 5}, {7, 2}};

  /** Of the last customer, a call turns out to have used one unit less. */
  static final int SETTLED = COSTS.length - 1;

  private static final int CELLS = THREADS * COSTS.length;

  private HammerProcess() {}

  /** What a process has been admitted, as each of its threads writes it down; a kill keeps it. */
  static LongBuffer admitted(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, CELLS * 8L).asLongBuffer();
    }
  }

  /** Units of a customer in there. */
  static long of(int customer, LongBuffer admitted) {
    long sum = 0;
    for (int thread = 0; thread < THREADS; thread++) {
      sum += admitted.get(thread * COSTS.length + customer);
    }
    return sum;
  }

  static WindowLimit quota(long units) {
    return new WindowLimit(
        "quota", units, units, now -> new Window(0, 4_000_000_000L), Scope.CUSTOMER, false);
  }

  static Subject customer(int number) {
    return new Subject("customer-" + number, "k");
  }

  static long left(RedisRateLimiter limiter, int customer, long units) {
    return limiter.peek(customer(customer), LimitSet.of(List.of(quota(units))), now()).remaining(0);
  }

  /** Told the port, the quota, how many instances lease (0 for none), and where to write. */
  public static void main(String[] args) throws Exception {
    LimitSet limits = LimitSet.of(List.of(quota(Long.parseLong(args[1]))));
    LongBuffer admitted = admitted(Path.of(args[3]));
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(THREADS);
    try (RedisClient redis = client(Integer.parseInt(args[0]), pool)) {
      RedisRateLimiterBuilder builder =
          RedisRateLimiter.on(redis).whenDown(limit -> new WhenDown.Closed());
      int instances = Integer.parseInt(args[2]);
      RedisRateLimiter limiter =
          instances == 0 ? builder.build() : builder.leases(instances).build();
      System.out.println("ready");
      System.in.read();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int number = i;
        threads.add(new Thread(() -> hammer(limiter, limits, number, admitted)));
      }
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
      limiter.close();
    }
  }

  private static RedisClient client(int port, ConnectionPoolConfig pool) {
    return RedisClient.builder()
        .hostAndPort(new HostAndPort("localhost", port))
        .clientConfig(DefaultJedisClientConfig.builder().timeoutMillis(60_000).build())
        .poolConfig(pool)
        .build();
  }

  /** Calls for each customer in turn, until all are refused. */
  private static void hammer(
      RedisRateLimiter limiter, LimitSet limits, int thread, LongBuffer admitted) {
    List<Charge> charges = new ArrayList<>();
    for (long[] costs : COSTS) {
      charges.add(Charge.of(limits, limit -> costs[thread % costs.length]));
    }
    boolean[] refused = new boolean[COSTS.length];
    for (int left = COSTS.length, i = thread; left > 0; i++) {
      int customer = i % COSTS.length;
      if (refused[customer]) {
        continue;
      }
      Charge charge = charges.get(customer);
      if (limiter.acquire(customer(customer), charge, now()) instanceof Allowed allowed) {
        long units = charge.amount(0) - (customer == SETTLED ? 1 : 0);
        limiter.settle(allowed, new long[] {units}, now());
        int cell = thread * COSTS.length + customer;
        admitted.put(cell, admitted.get(cell) + units);
      } else {
        refused[customer] = true;
        left--;
      }
    }
  }

  private static long now() {
    return System.currentTimeMillis() * 1_000_000;
  }
}
