// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A few reusable objects that are dear to make. A thread takes from its own slot and gives back to
 * it; where another thread was quicker, a new one is made. Bounded, lock-free, and as good for a
 * million virtual threads as for a pool, which a {@link ThreadLocal} is not.
 */
final class Spares<T> {

  private static final int SLOTS = 64;
  private static final int APART = 16; // references on a cache line, so that slots don't share one

  private final AtomicReferenceArray<@Nullable T> slots = new AtomicReferenceArray<>(SLOTS * APART);
  private final Supplier<T> maker;

  Spares(Supplier<T> maker) {
    this.maker = maker;
  }

  T take() {
    T spare = slots.getAndSet(slot(), null);
    return spare != null ? spare : maker.get();
  }

  void give(T spare) {
    slots.setRelease(slot(), spare);
  }

  private static int slot() {
    return ((int) Thread.currentThread().getId() & SLOTS - 1) * APART;
  }
}
