// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import java.util.Objects;

/**
 * Holds callers to their limits inside one process.
 *
 * <p>A subject's state is one small array: a word for a rate or concurrency limit, two for a window
 * limit. A decision locks it for some nanoseconds (a compare-and-set), checks every limit, then
 * charges every limit. Rate limits never admit more than the exact rate and lag it by less than 1
 * ns a permit.
 *
 * <p>Changing limits keep what was used: by their ids, also when a subject comes with another list
 * of limits. What only the former list had is forgotten. A subject whose limits are all as good as
 * new, a minute later is dropped: some with each new subject, all by {@link #sweep}.
 *
 * <p>Thread-safe. Keeps nothing over a restart; window limits begin with what {@link WindowUse}
 * tells.
 */
public final class InMemoryRateLimiter implements RateLimiter {

  private final WindowUse before;
  private final States customers = new States();
  private final States keys = new States();

  /** A limiter to which every subject is new. */
  public InMemoryRateLimiter() {
    this(WindowUse.NONE);
  }

  /**
   * A limiter that goes on from what was used before.
   *
   * @param before asked when a subject is new here, or new to a list of limits
   */
  public InMemoryRateLimiter(WindowUse before) {
    this.before = Objects.requireNonNull(before, "before");
  }

  @Override
  public Decision acquire(Subject subject, Charge charge, long now) {
    LimitSet set = charge.limits();
    long[] amounts = charge.amounts();
    long[] cells = new long[set.cells()];
    long verdict;
    do {
      long[] customer = words(customers, set.customer(), subject.customer(), subject, cells, now);
      long[] key = words(keys, set.key(), subject, subject, cells, now);
      verdict = Verdict.of(set, customer, key, amounts, now, cells);
    } while (verdict == Verdict.MOVED);
    if (verdict == Verdict.REFUSED) {
      return refused(set, amounts, cells, now);
    }
    tell(set, cells, now);
    return new Decision.Allowed(subject, charge, cells, verdict);
  }

  private static Decision refused(LimitSet set, long[] amounts, long[] cells, long now) {
    int slowest = Verdict.slowest(set, cells, amounts, now);
    long delay = set.slot(slowest).delay(cells, amounts, now);
    long shadowed = Verdict.shadowed(set, cells, amounts, now);
    tell(set, cells, now);
    return new Decision.Refused(slowest, delay, Standing.of(set, cells), shadowed);
  }

  private static void tell(LimitSet set, long[] cells, long now) {
    set.customer().tell(cells, now);
    set.key().tell(cells, now);
  }

  /** The subject's array, and in the cells the windows of now. */
  private long[] words(
      States states, Layout layout, Object id, Subject subject, long[] cells, long now) {
    if (layout.isEmpty()) {
      return cells;
    }
    StateTable table = states.table(layout);
    long[] words = table.get(id);
    if (words == null) {
      words = states.make(table, id, seed(layout, subject, now), now);
    }
    layout.findWindows(words, cells, now);
    for (WindowSlot slot : layout.windows()) {
      table.measure(slot.seconds(cells));
    }
    return words;
  }

  private long[] seed(Layout layout, Subject subject, long now) {
    long[] words = new long[layout.width()];
    for (WindowSlot slot : layout.windows()) {
      Window window = slot.limit().windows().at(now);
      slot.seed(words, before.used(subject, slot.limit(), window), window.start());
    }
    return words;
  }

  @Override
  public void settle(Decision.Allowed allowed, long[] actual, long now) {
    LimitSet set = allowed.charge().limits();
    check(set, actual);
    Subject subject = allowed.subject();
    settle(customers, set.customer(), subject.customer(), allowed, actual, now);
    settle(keys, set.key(), subject, allowed, actual, now);
  }

  private static void check(LimitSet set, long[] actual) {
    if (actual.length != set.size()) {
      throw new IllegalArgumentException(
          "expected %d amounts for %d limits, got %d"
              .formatted(set.size(), set.size(), actual.length));
    }
    for (int i = 0; i < actual.length; i++) {
      if (actual[i] < 0) {
        throw new IllegalArgumentException(
            "amount must not be negative, got %d (limit \"%s\")"
                .formatted(actual[i], set.get(i).id()));
      }
    }
  }

  private void settle(
      States states, Layout layout, Object id, Decision.Allowed allowed, long[] actual, long now) {
    if (layout.isEmpty()) {
      return;
    }
    StateTable table = states.table(layout);
    long[] words = table.get(id);
    if (words != null && WordLock.lock(words)) {
      try {
        layout.correct(words, layout, allowed, actual);
      } finally {
        WordLock.unlock(words);
      }
      return;
    }
    while (!states.correct(layout, id, allowed, actual) && layout.windows().length > 0) {
      states.make(table, id, seed(layout, allowed.subject(), now), now);
    }
  }

  @Override
  public Standing peek(Subject subject, LimitSet limits, long now) {
    long[] cells = new long[limits.cells()];
    look(customers, limits.customer(), subject.customer(), subject, cells, now);
    look(keys, limits.key(), subject, subject, cells, now);
    tell(limits, cells, now);
    return Standing.of(limits, cells);
  }

  private void look(
      States states, Layout layout, Object id, Subject subject, long[] cells, long now) {
    if (layout.isEmpty()) {
      return;
    }
    long[] copy = states.copy(layout, id);
    if (copy == null) {
      copy = states.copy(layout, id, seed(layout, subject, now));
    }
    layout.findWindows(copy, cells, now);
    layout.load(copy, cells, now);
  }

  /**
   * Forgets what a subject has used: of the limits of its customer, and of those of its key alone.
   * Its next call is that of a new subject. Other keys keep what they have used of their own
   * limits. A call that is under way now is no longer counted as such; where it settles to another
   * amount, the difference counts.
   */
  public void forget(Subject subject) {
    customers.forget(subject.customer());
    keys.forget(subject);
  }

  /**
   * Drops the subjects whose limits have all been as good as new for a minute.
   *
   * @return how many states were dropped
   */
  public int sweep(long now) {
    return customers.sweep(now) + keys.sweep(now);
  }

  /**
   * How many states are kept: one for each customer, and one for each key with limits of its own.
   */
  public int size() {
    return customers.size() + keys.size();
  }
}
