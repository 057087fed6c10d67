// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which calls go wrong. A path stands for itself and all below it; {@code /} for every call of the
 * API. What was queued goes first, then what is always, then chance. Pages for people never fail.
 *
 * <p>Thread-safe.
 */
public final class StripeFaults {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Supplier<Instant> now;
  private final Map<String, Deque<StripeFault>> queued = new LinkedHashMap<>();
  private final Map<String, StripeFault> always = new LinkedHashMap<>();
  private final Map<String, Chance> chances = new LinkedHashMap<>();
  private Instant outageUntil = Instant.MIN;
  private long releases;
  private int held;
  private boolean closed;

  private record Chance(double share, Random random, List<StripeFault> faults) {
    @Nullable StripeFault roll() {
      return random.nextDouble() < share ? faults.get(random.nextInt(faults.size())) : null;
    }
  }

  StripeFaults(Supplier<Instant> now) {
    this.now = now;
  }

  /** Has the next calls go wrong, one after the other, whatever they ask for. */
  public void next(StripeFault... faults) {
    next("/", faults);
  }

  /** Has the next calls of a path go wrong, one after the other. */
  public void next(String path, StripeFault... faults) {
    change(
        () -> Collections.addAll(queued.computeIfAbsent(path, key -> new ArrayDeque<>()), faults));
  }

  /** Has all calls of a path go wrong, until {@link #heal}. */
  public void always(String path, StripeFault fault) {
    change(() -> always.put(path, fault));
  }

  /**
   * Has a share of the calls of a path go wrong, until {@link #heal}. The same seed and order of
   * calls give the same faults.
   *
   * @throws IllegalArgumentException unless the share is between 0 and 1, and there is a fault
   */
  public void random(String path, double share, long seed, StripeFault... faults) {
    if (!(share >= 0 && share <= 1) || faults.length == 0) {
      throw new IllegalArgumentException(
          "share must be between 0 and 1 and faults at least one, got "
              + share
              + " and "
              + faults.length);
    }
    change(() -> chances.put(path, new Chance(share, new Random(seed), List.of(faults))));
  }

  /** Has every connection reset, until the clock has moved on by that much, or {@link #heal}. */
  public void outage(Duration lasts) {
    Instant until = now.get().plus(lasts);
    change(() -> outageUntil = until);
  }

  /** Lets go all calls that are held now. */
  public void release() {
    change(() -> releases++);
  }

  /** Waits, up to ten seconds, until so many calls are held. */
  public void awaitHeld(int calls) throws InterruptedException {
    long left = Duration.ofSeconds(10).toNanos();
    lock.lock();
    try {
      while (held < calls) {
        if (left <= 0) {
          throw new IllegalStateException("held calls must become " + calls + ", are " + held);
        }
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends all faults, and lets go what is held. */
  public void heal() {
    change(
        () -> {
          queued.clear();
          always.clear();
          chances.clear();
          outageUntil = Instant.MIN;
          releases++;
        });
  }

  void close() {
    change(() -> closed = true);
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

  /** What goes wrong with a call that came now, if anything does. */
  @Nullable StripeFault of(String path) {
    Instant at = now.get(); // which takes a lock of its own
    lock.lock();
    try {
      if (at.isBefore(outageUntil)) {
        return StripeFault.resetBefore();
      }
      StripeFault fault = null;
      for (Map.Entry<String, Deque<StripeFault>> each : queued.entrySet()) {
        fault = fault == null && covers(each.getKey(), path) ? each.getValue().poll() : fault;
      }
      for (Map.Entry<String, StripeFault> each : always.entrySet()) {
        fault = fault == null && covers(each.getKey(), path) ? each.getValue() : fault;
      }
      for (Map.Entry<String, Chance> each : chances.entrySet()) {
        fault = fault == null && covers(each.getKey(), path) ? each.getValue().roll() : fault;
      }
      return fault;
    } finally {
      lock.unlock();
    }
  }

  private static boolean covers(String pattern, String path) {
    return pattern.equals("/") || path.equals(pattern) || path.startsWith(pattern + "/");
  }

  /** Waits where a call is slow or held. */
  void await(StripeFault fault) {
    lock.lock();
    try {
      if (fault.kind() == StripeFault.Kind.SLOW) {
        long left = fault.time().toNanos();
        while (left > 0 && !closed) {
          left = changed.awaitNanos(left);
        }
      } else if (fault.kind() == StripeFault.Kind.HELD) {
        hold();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void hold() throws InterruptedException {
    long before = releases;
    held++;
    changed.signalAll();
    try {
      while (releases == before && !closed) {
        changed.await();
      }
    } finally {
      held--;
    }
  }
}
