// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that wait until a record is durable. One thread, the syncing one, answers them all; it is
 * woken only by the arrival that it wants to be woken by. Waiting takes no lock, so that virtual
 * threads leave their carrier, and 64 that are answered at once do not queue for one.
 */
final class SyncWaiters {

  private static final int NEVER = Integer.MAX_VALUE;

  private final AtomicReference<@Nullable Waiter> arrived = new AtomicReference<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final ArrayDeque<Waiter> taken = new ArrayDeque<>();
  private final Thread syncing;
  private volatile int wakeAt = NEVER;
  private volatile long synced;
  private volatile boolean ended;

  private static final class Waiter {

    private final Thread thread = Thread.currentThread();
    private final long sequence;
    private @Nullable Waiter next;

    Waiter(long sequence) {
      this.sequence = sequence;
    }
  }

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
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return awaitInterruptibly(sequence, nanos);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The same, but an interrupt ends it. */
  boolean awaitInterruptibly(long sequence, long nanos) throws InterruptedException {
    if (synced >= sequence || ended) {
      return synced >= sequence;
    }
    long deadline = System.nanoTime() + nanos;
    arrive(new Waiter(sequence));
    long left = nanos;
    while (synced < sequence && !ended && left > 0) {
      LockSupport.parkNanos(this, left);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      left = deadline - System.nanoTime();
    }
    return synced >= sequence;
  }

  private void arrive(Waiter waiter) {
    Waiter top;
    do {
      top = arrived.get();
      waiter.next = top;
    } while (!arrived.compareAndSet(top, waiter));
    if (waiting.incrementAndGet() >= wakeAt) {
      LockSupport.unpark(syncing);
    }
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
      taken.add(waiter);
      waiter = waiter.next;
    }
    int released = 0;
    for (int i = taken.size(); i > 0; i--) {
      Waiter next = taken.remove();
      if (ended || next.sequence <= durable) {
        released++;
        LockSupport.unpark(next.thread);
      } else {
        taken.add(next);
      }
    }
    waiting.addAndGet(-released);
    return released;
  }

  /** Nothing becomes durable any more: nobody need wait. */
  void end() {
    ended = true;
    release(synced);
  }
}
