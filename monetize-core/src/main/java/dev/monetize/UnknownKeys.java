// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Bounds how often an address may make us look up keys that we have never seen. A fixed number of
 * buckets, shared by addresses that hash alike, so that a flood of keys or addresses cannot grow
 * it. A look-up that finds its key costs nothing.
 *
 * <p>Each bucket is a GCRA arrival time: {@value #BURST} look-ups at once, then one each 50 ms.
 */
final class UnknownKeys {

  private static final int BUCKETS = 4096;
  private static final long INTERVAL = 50_000_000L;
  private static final int BURST = 200;

  private final AtomicLongArray arrivals = new AtomicLongArray(BUCKETS);
  private final int seed = ThreadLocalRandom.current().nextInt();

  /** Takes a look-up; returns 0, or the nanoseconds to wait for one. */
  long take(String address, long now) {
    int bucket = bucket(address);
    while (true) {
      long arrival = arrivals.get(bucket);
      long next = Math.min(Math.max(arrival, now), now + BURST * INTERVAL) + INTERVAL;
      long wait = next - BURST * INTERVAL - now;
      if (wait > 0) {
        return wait;
      }
      if (arrivals.compareAndSet(bucket, arrival, next)) {
        return 0;
      }
    }
  }

  /** Gives a look-up back: the key was a good one. */
  void found(String address) {
    arrivals.addAndGet(bucket(address), -INTERVAL);
  }

  private int bucket(String address) {
    int hash = (address.hashCode() ^ seed) * 0x9E3779B9;
    return (hash ^ (hash >>> 15)) & (BUCKETS - 1);
  }
}
