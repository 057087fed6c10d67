// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The state arrays of one scope. A subject has at most one array, in the table of the layout that
 * it was last charged with.
 *
 * <p>Arrays are found without a lock. They are made, moved to another layout and dropped under the
 * subject's stripe; whoever held one that was moved finds it marked, and looks again.
 */
final class States {

  private static final int STRIPES = 64;

  /** How much longer a state is kept than needed, should the clock step back a little. */
  private static final long GRACE_NANOS = 60_000_000_000L;

  /** Entries looked at for each one made, so that sweeping outruns growth. */
  private static final int SWEPT_PER_NEW = 3;

  private final ConcurrentHashMap<String, StateTable> tables = new ConcurrentHashMap<>();
  private final Object[] stripes = new Object[STRIPES];
  private final AtomicBoolean sweeping = new AtomicBoolean();

  States() {
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Object();
    }
  }

  StateTable table(Layout layout) {
    StateTable last = layout.table();
    return last != null && last.owner() == this ? last : find(layout);
  }

  private StateTable find(Layout layout) {
    StateTable table =
        tables.computeIfAbsent(layout.signature(), signature -> new StateTable(this, layout));
    layout.found(table);
    return table;
  }

  /**
   * Makes the subject's array in a table, from the one it had in another, if any.
   *
   * @param seed words to begin with, for limits that nothing is known of; kept as the array
   */
  long[] make(StateTable table, Object subject, long[] seed, long now) {
    sweepSome(table, now); // not after: what is not charged yet is as good as new
    synchronized (stripe(subject)) {
      long[] present = table.get(subject);
      if (present != null) {
        return present;
      }
      StateTable former = holder(subject);
      if (former != null) {
        move(former, subject, table, seed);
      }
      table.put(subject, seed);
      return seed;
    }
  }

  private void move(StateTable former, Object subject, StateTable table, long[] seed) {
    long[] words = former.get(subject);
    if (words != null && WordLock.lock(words)) {
      table.layout().carry(seed, former.layout(), words);
      table.measure(former);
      WordLock.retire(words);
      former.remove(subject, words);
    }
  }

  /** A copy of the subject's array in its layout's table, or null if it has none there. */
  long @Nullable [] copy(Layout layout, Object subject) {
    StateTable table = tables.get(layout.signature());
    long[] words = table == null ? null : table.get(subject);
    long[] copy = new long[layout.width()];
    if (words == null || !WordLock.lock(words)) {
      return null;
    }
    System.arraycopy(words, 0, copy, 0, copy.length);
    WordLock.unlock(words);
    return copy;
  }

  /** A copy of the subject's words as a layout sees them, on top of a seed; nothing is moved. */
  long[] copy(Layout layout, Object subject, long[] seed) {
    synchronized (stripe(subject)) {
      StateTable holder = holder(subject);
      long[] words = holder == null ? null : holder.get(subject);
      if (holder != null && words != null && WordLock.lock(words)) {
        layout.carry(seed, holder.layout(), words);
        WordLock.unlock(words);
      }
      return seed;
    }
  }

  /** Corrects what a call took, wherever the subject's array is now; false if it has none. */
  boolean correct(Layout charged, Object subject, Decision.Allowed allowed, long[] actual) {
    synchronized (stripe(subject)) {
      StateTable holder = holder(subject);
      long[] words = holder == null ? null : holder.get(subject);
      if (holder == null || words == null || !WordLock.lock(words)) {
        return false;
      }
      try {
        holder.layout().correct(words, charged, allowed, actual);
      } finally {
        WordLock.unlock(words);
      }
      return true;
    }
  }

  /** Forgets a subject. */
  void forget(Object subject) {
    synchronized (stripe(subject)) {
      StateTable holder = holder(subject);
      long[] words = holder == null ? null : holder.get(subject);
      if (holder != null && words != null && WordLock.lock(words)) {
        WordLock.retire(words);
        holder.remove(subject, words);
      }
    }
  }

  private @Nullable StateTable holder(Object subject) {
    for (StateTable table : tables.values()) {
      if (table.get(subject) != null) {
        return table;
      }
    }
    return null;
  }

  private Object stripe(Object subject) {
    int hash = subject.hashCode();
    return stripes[(hash ^ hash >>> 16) & STRIPES - 1];
  }

  int size() {
    return tables.values().stream().mapToInt(StateTable::size).sum();
  }

  /** Drops all subjects that are as good as new. */
  int sweep(long now) {
    int dropped = 0;
    for (StateTable table : tables.values()) {
      for (Iterator<Map.Entry<Object, long[]>> all = table.entries(); all.hasNext(); ) {
        dropped += drop(table, all.next(), now) ? 1 : 0;
      }
    }
    return dropped;
  }

  private void sweepSome(StateTable table, long now) {
    if (sweeping.compareAndSet(false, true)) {
      try {
        for (int i = 0; i < SWEPT_PER_NEW; i++) {
          Map.Entry<Object, long[]> entry = table.nextToSweep();
          if (entry != null) {
            drop(table, entry, now);
          }
        }
      } finally {
        sweeping.set(false);
      }
    }
  }

  private boolean drop(StateTable table, Map.Entry<Object, long[]> entry, long now) {
    long[] words = entry.getValue();
    if (!table.fresh(words, now - GRACE_NANOS)) {
      return false;
    }
    synchronized (stripe(entry.getKey())) {
      if (!WordLock.lock(words)) {
        return false;
      }
      if (!table.fresh(words, now - GRACE_NANOS)) {
        WordLock.unlock(words);
        return false;
      }
      WordLock.retire(words);
      return table.remove(entry.getKey(), words);
    }
  }
}
