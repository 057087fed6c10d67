// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that wait until a record is durable. One thread, the syncing one, answers them all; it is
 * woken only by the arrival that it wants to be woken by. Waiting takes no lock, so that virtual
 * threads leave their carrier.
 *
 * <p>To wake a thread takes longer than to append a record. So the syncing thread wakes two of
 * those it answers, each of them two more, and so on.
 */
final class SyncWaiters {

  private static final int NEVER = Integer.MAX_VALUE;

  private final AtomicReference<@Nullable Waiter> arrived = new AtomicReference<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Thread syncing;
  private List<Waiter> taken = new ArrayList<>();
  private List<Waiter> left = new ArrayList<>();
  private volatile int wakeAt = NEVER;
  private volatile long synced;
  private volatile boolean ended;

  SyncWaiters(Thread syncing, long synced) {
    this.syncing = syncing;
    this.synced = synced;
  }

  /** Sequence up to which all is durable. */
  long synced() {
    return synced;
  }

  /**
   * Waits until a record is durable. An interrupt does not end it, and is kept.
   *
   * @return whether it is
   */
  boolean await(long sequence, long nanos) {
    Waiter waiter = arrive(sequence);
    boolean interrupted = false;
    long deadline = System.nanoTime() + nanos;
    while (waiter != null && waiter.parked(deadline - System.nanoTime(), this)) {
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return synced >= sequence;
  }

  /** The same, but an interrupt ends it. */
  boolean awaitInterruptibly(long sequence, long nanos) throws InterruptedException {
    Waiter waiter = arrive(sequence);
    long deadline = System.nanoTime() + nanos;
    while (waiter != null && waiter.parked(deadline - System.nanoTime(), this)) {
      if (Thread.currentThread().isInterrupted() && !waiter.parked(0, this)) {
        Thread.interrupted();
        throw new InterruptedException();
      }
    }
    return synced >= sequence;
  }

  private @Nullable Waiter arrive(long sequence) {
    if (synced >= sequence || ended) {
      return null;
    }
    Waiter waiter = new Waiter(sequence);
    Waiter top;
    do {
      top = arrived.get();
      waiter.below = top;
    } while (!arrived.compareAndSet(top, waiter));
    if (waiting.incrementAndGet() >= wakeAt) {
      LockSupport.unpark(syncing);
    }
    return waiter;
  }

  /** How many wait. */
  int waiting() {
    return waiting.get();
  }

  /** The syncing thread's pause, which ends when so many wait, or when it is woken otherwise. */
  void pause(long nanos, int until) {
    wakeAt = until;
    if (waiting.get() < until) {
      LockSupport.parkNanos(this, nanos);
    }
    wakeAt = NEVER;
  }

  /** The same, but nothing else ends it. */
  void gather(long nanos, int until) {
    long deadline = System.nanoTime() + nanos;
    long left = nanos;
    while (waiting.get() < until && left > 0) {
      pause(left, until);
      left = deadline - System.nanoTime();
    }
  }

  /**
   * Answers all whose records are durable; for the syncing thread.
   *
   * @return how many there were
   */
  int release(long durable) {
    synced = durable;
    Waiter waiter = arrived.getAndSet(null);
    while (waiter != null) {
      left.add(waiter);
      waiter = waiter.below;
    }
    List<Waiter> all = left;
    left = taken;
    left.clear();
    List<Waiter> answered = new ArrayList<>(all.size());
    for (Waiter one : all) {
      if (!ended && one.sequence > durable) {
        left.add(one);
      } else if (one.take()) {
        answered.add(one);
      }
    }
    taken = all;
    waiting.addAndGet(left.size() - all.size());
    wake(answered);
    return answered.size();
  }

  private static void wake(List<Waiter> answered) {
    for (int i = answered.size() - 1; i >= 0; i--) {
      answered.get(i).answer(at(answered, 2 * i + 2), at(answered, 2 * i + 3));
    }
    Waiter.wake(at(answered, 0));
    Waiter.wake(at(answered, 1));
  }

  private static @Nullable Waiter at(List<Waiter> waiters, int index) {
    return index < waiters.size() ? waiters.get(index) : null;
  }

  /** Nothing becomes durable any more: nobody need wait. */
  void end() {
    ended = true;
    release(synced);
  }

  /** A thread that waits, and two that it wakes when it has been answered. */
  private static final class Waiter {

    private static final int WAITING = 0;
    private static final int GONE = 1;
    private static final int TAKEN = 2;
    private static final int ANSWERED = 3;

    private final AtomicInteger state = new AtomicInteger(WAITING);
    private final Thread thread = Thread.currentThread();
    private final long sequence;
    private @Nullable Waiter below;
    private @Nullable Waiter first;
    private @Nullable Waiter second;

    Waiter(long sequence) {
      this.sequence = sequence;
    }

    /**
     * Waits some more. Once it is taken there is no way out but the answer, since others count on
     * being woken.
     *
     * @return whether there is more to wait for
     */
    boolean parked(long nanos, Object blocker) {
      if (state.get() == WAITING && nanos > 0) {
        LockSupport.parkNanos(blocker, nanos);
      } else if (state.get() == TAKEN) {
        Thread.onSpinWait();
      }
      if (state.get() == ANSWERED) {
        wake(first);
        wake(second);
        return false;
      }
      return nanos > 0 || !state.compareAndSet(WAITING, GONE);
    }

    boolean take() {
      return state.compareAndSet(WAITING, TAKEN);
    }

    void answer(@Nullable Waiter one, @Nullable Waiter other) {
      first = one;
      second = other;
      state.set(ANSWERED);
    }

    static void wake(@Nullable Waiter waiter) {
      if (waiter != null) {
        LockSupport.unpark(waiter.thread);
      }
    }
  }
}
