// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A lock that needs no room of its own: the top bit of the first word of a state array, whose words
 * are otherwise not negative. Held for some nanoseconds and never over an allocation or foreign
 * code, so whoever finds it taken spins, then yields.
 *
 * <p>An array that was moved away is marked for good, and can no longer be locked: whoever meets it
 * looks the subject up again.
 */
final class WordLock {

  /** Set in the first word while it is locked. */
  static final long BIT = Long.MIN_VALUE;

  /** What the first word of an array that was moved away is. */
  static final long MOVED = -1;

  private static final int SPINS = 64;
  private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

  private WordLock() {}

  /** Waits for the lock; false if the array was moved away. */
  static boolean lock(long[] words) {
    for (; ; ) {
      long first = first(words);
      if (first == MOVED) {
        return false;
      }
      if (WORDS.compareAndSet(words, 0, first, first | BIT)) {
        return true;
      }
    }
  }

  /** The first word, waited for while it is locked; {@link #MOVED} if the array was moved away. */
  static long first(long[] words) {
    long first = (long) WORDS.getOpaque(words, 0);
    return first >= 0 ? first : await(words);
  }

  @SuppressWarnings("ThreadPriorityCheck") // the holder may have lost its core; it needs one
  private static long await(long[] words) {
    for (int spin = 0; ; spin++) {
      long first = (long) WORDS.getOpaque(words, 0);
      if (first >= 0 || first == MOVED) {
        return first;
      }
      if (spin < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }

  /** Writes the first word without a lock, if it is still what {@link #first} told. */
  static boolean replace(long[] words, long first, long next) {
    return WORDS.compareAndSet(words, 0, first, next & ~BIT);
  }

  /** Makes what was written visible, and lets the next one in. */
  static void unlock(long[] words) {
    WORDS.setRelease(words, 0, words[0] & ~BIT);
  }

  /** Marks a locked array as moved away, which also lets everybody in to see it. */
  static void retire(long[] words) {
    WORDS.setRelease(words, 0, MOVED);
  }

  /** A word of an array that need not be locked: maybe outdated, never torn. */
  static long glance(long[] words, int at) {
    return (long) WORDS.getOpaque(words, at);
  }
}
