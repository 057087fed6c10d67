// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/** Which faults a proxy has, and what they mean for a piece of bytes. Thread-safe. */
final class ProxyFaults {

  static final long FOREVER = Long.MAX_VALUE;

  private static final long SECOND = 1_000_000_000L;
  private static final int PIECES_PER_SECOND = 20; // of a throttled way
  private static final long NO_CUT = -1;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Direction, Way> ways = new EnumMap<>(Direction.class);
  private final Set<ProxyConnection> lost = new HashSet<>();
  private boolean slice;
  private long bytesPerSecond = FOREVER;
  private boolean closed;

  private static final class Way {
    private long delay; // nanoseconds
    private boolean drop;
    private long untilCut = NO_CUT;
  }

  /** What becomes of the first so many bytes of a piece; a drop is one of all. */
  record Piece(int size, Fate fate) {}

  /** What becomes of bytes. */
  enum Fate {
    /** They go on. */
    PASS,
    /** They go on, and are the last of their connection. */
    CUT,
    /** They are lost, and with them the connection. */
    DROP
  }

  ProxyFaults() {
    clear();
  }

  private void clear() {
    for (Direction way : Direction.values()) {
      ways.put(way, new Way());
    }
    slice = false;
    bytesPerSecond = FOREVER;
  }

  private Way way(Direction direction) {
    return Objects.requireNonNull(ways.get(direction));
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void delay(Direction direction, long nanos) {
    change(() -> way(direction).delay = nanos);
  }

  void drop(List<Direction> directions) {
    change(() -> directions.forEach(direction -> way(direction).drop = true));
  }

  void slice() {
    change(() -> slice = true);
  }

  void throttle(long bytes) {
    change(() -> bytesPerSecond = bytes);
  }

  void cutAfter(Direction direction, long bytes) {
    change(() -> way(direction).untilCut = bytes);
  }

  /** Nobody waits any more. */
  void close() {
    change(() -> closed = true);
  }

  /** No fault any more; the connections that lost bytes. */
  Collection<ProxyConnection> heal() {
    lock.lock();
    try {
      clear();
      changed.signalAll();
      List<ProxyConnection> all = List.copyOf(lost);
      lost.clear();
      return all;
    } finally {
      lock.unlock();
    }
  }

  /** Whether a connection loses what goes that way now. */
  boolean drops(Direction direction, ProxyConnection connection) {
    lock.lock();
    try {
      boolean drop = way(direction).drop;
      if (drop) {
        lost.add(connection);
      }
      return drop;
    } finally {
      lock.unlock();
    }
  }

  /** What becomes of bytes that would go now. */
  Piece next(Direction direction, int wanted, ProxyConnection connection) {
    lock.lock();
    try {
      if (drops(direction, connection)) {
        return new Piece(wanted, Fate.DROP);
      }
      long size = slice ? 1 : Math.min(wanted, Math.max(1, bytesPerSecond / PIECES_PER_SECOND));
      Way way = way(direction);
      if (way.untilCut == NO_CUT || size < way.untilCut) {
        way.untilCut -= way.untilCut == NO_CUT ? 0 : size;
        return new Piece((int) size, Fate.PASS);
      }
      size = way.untilCut;
      way.untilCut = NO_CUT;
      return new Piece((int) size, Fate.CUT);
    } finally {
      lock.unlock();
    }
  }

  /** Waits for as long as bytes are to be late that came just now. */
  void awaitDelay(Direction direction) throws InterruptedException {
    await(() -> way(direction).delay);
  }

  /** Waits for as long as a throttled way is taken by bytes that went just now. */
  void awaitThrottle(int bytes) throws InterruptedException {
    await(() -> bytes * SECOND / bytesPerSecond);
  }

  private void await(LongSupplier nanos) throws InterruptedException {
    long since = System.nanoTime();
    lock.lock();
    try {
      long left = nanos.getAsLong();
      while (left > 0 && !closed) {
        changed.awaitNanos(left);
        left = nanos.getAsLong() - (System.nanoTime() - since);
      }
    } finally {
      lock.unlock();
    }
  }
}
