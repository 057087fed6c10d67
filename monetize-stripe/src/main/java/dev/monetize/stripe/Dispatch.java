// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which item is sent next: one at a time of each customer and meter, as Stripe demands, no more a
 * second than it may be asked, and while it fails one now and then. Thread-safe.
 */
final class Dispatch {

  /**
   * How long Stripe surely knows an identifier, but for an hour. An item that may have arrived
   * longer ago is not sent again: it would count twice.
   */
  static final Duration KNOWN = Duration.ofHours(23);

  /** Sums at Stripe lag behind what it took; after so long they are believed. */
  static final Duration SETTLED = Duration.ofMinutes(10);

  private static final int FAILURES = 3;
  private static final long FIRST_PAUSE_MILLIS = 1000;
  private static final long MOST_PAUSE_MILLIS = 60_000;
  private static final long MOST_ITEM_PAUSE_MILLIS = 600_000;

  private final Outbox outbox;
  private final Pace pace;
  private final Map<Long, Retry> retries = new HashMap<>();
  private final Semaphore wake = new Semaphore(0);
  private final Set<Lane> inFlight = new HashSet<>();
  private int failures; // one after the other
  private Instant pausedUntil = Instant.MIN;
  private @Nullable String locked;

  /** What is to be done next. */
  sealed interface Task {

    /** The item that it is about. */
    OutboxItem item();

    /** Send it. */
    record Send(OutboxItem item, int replies) implements Task {}

    /** Find out whether it has arrived. */
    record Compare(OutboxItem item) implements Task {}
  }

  /** What may have one call under way. */
  record Lane(String customer, String meter) {

    static Lane of(OutboxItem item) {
      return new Lane(item.window().customer(), item.window().meter());
    }
  }

  /**
   * How often an item failed, how often Stripe replied, when it may be tried again, and whether it
   * goes alone.
   */
  private record Retry(int failures, int replies, Instant notBefore, boolean alone) {
    static final Retry NONE = new Retry(0, 0, Instant.MIN, false);
  }

  Dispatch(Outbox outbox, Pace pace) {
    this.outbox = outbox;
    this.pace = pace;
  }

  /**
   * What is due, which is under way from now on: some to send, or one to find out about.
   *
   * @param most how many may be sent together
   */
  synchronized List<Task> next(Instant now, int most) {
    boolean failing = failures >= FAILURES;
    if (locked != null
        || now.isBefore(pausedUntil)
        || (failing && !inFlight.isEmpty())
        || !pace.mayGo(now)) {
      return List.of();
    }
    List<Task> tasks = outbox.look(state -> first(state, now, failing ? 1 : most));
    if (!tasks.isEmpty()) {
      pace.goes(now);
    }
    return tasks;
  }

  private List<Task> first(OutboxState state, Instant now, int most) {
    List<Task> tasks = new ArrayList<>();
    for (OutboxItem item : state.waiting().values()) {
      Task task = isDue(item, now) ? task(item, state, now) : null;
      boolean alone = task instanceof Task.Compare || retry(item).alone();
      if (task != null && alone && tasks.isEmpty()) {
        inFlight.add(Lane.of(item));
        return List.of(task);
      }
      if (task != null && !alone) {
        inFlight.add(Lane.of(item));
        tasks.add(task);
        if (tasks.size() == most) {
          return tasks;
        }
      }
    }
    return tasks;
  }

  private boolean isDue(OutboxItem item, Instant now) {
    return !now.isBefore(retry(item).notBefore()) && !inFlight.contains(Lane.of(item));
  }

  private Retry retry(OutboxItem item) {
    return retries.getOrDefault(item.number(), Retry.NONE);
  }

  /**
   * While one of an hour is in doubt, no other of that hour is sent: so the sum at Stripe will tell
   * whether it has arrived, if it comes to that.
   */
  private @Nullable Task task(OutboxItem item, OutboxState state, Instant now) {
    if (item.firstTry() == 0) {
      boolean free = state.tried().stream().noneMatch(other -> sameHour(item, other));
      return free ? send(item) : null;
    }
    Instant forgotten = Instant.ofEpochSecond(item.firstTry()).plus(KNOWN);
    if (now.isBefore(forgotten)) {
      return send(item);
    }
    Instant settled = now.minus(SETTLED);
    boolean told =
        !settled.isBefore(forgotten) && lastArrival(item, state) <= settled.getEpochSecond();
    return told ? new Task.Compare(item) : null;
  }

  private Task send(OutboxItem item) {
    return new Task.Send(item, retry(item).replies());
  }

  private static long lastArrival(OutboxItem item, OutboxState state) {
    return state.windows().entrySet().stream()
        .filter(window -> sameHour(item.window(), window.getKey()))
        .mapToLong(window -> window.getValue().arrivedAt())
        .max()
        .orElse(0);
  }

  static boolean sameHour(OutboxItem one, OutboxItem other) {
    return sameHour(one.window(), other.window());
  }

  static boolean sameHour(UsageWindow one, UsageWindow other) {
    return hour(one) == hour(other)
        && one.customer().equals(other.customer())
        && one.meter().equals(other.meter());
  }

  /** The first second of its hour. */
  static long hour(UsageWindow window) {
    return 3600 * Math.floorDiv(window.start().getEpochSecond(), 3600L);
  }

  /** A task is no longer under way. */
  synchronized void done(Task task) {
    inFlight.remove(Lane.of(task.item()));
    wake();
  }

  /** Stripe answered, whatever it said of items: it is there. */
  synchronized void answered(List<OutboxItem> items) {
    failures = 0;
    items.forEach(item -> retries.remove(item.number()));
    wake();
  }

  /** Stripe refused them together: each is sent in a call of its own now, in its turn. */
  synchronized void alone(List<OutboxItem> items) {
    failures = 0;
    for (OutboxItem item : items) {
      retries.put(item.number(), new Retry(0, retry(item).replies(), Instant.MIN, true));
    }
    wake();
  }

  /**
   * A call failed, and is to be tried again.
   *
   * @param replied whether Stripe would say the same again for the same idempotency key
   */
  synchronized void failed(
      List<OutboxItem> items, boolean replied, long retryAfterMillis, Instant now) {
    for (OutboxItem item : items) {
      Retry last = retry(item);
      long pause = Math.max(retryAfterMillis, pause(last.failures(), MOST_ITEM_PAUSE_MILLIS));
      int replies = last.replies() + (replied ? 1 : 0);
      Instant notBefore = now.plusMillis(pause);
      retries.put(item.number(), new Retry(last.failures() + 1, replies, notBefore, last.alone()));
    }
    failures++;
    if (failures >= FAILURES) {
      pausedUntil = now.plusMillis(pause(failures - FAILURES, MOST_PAUSE_MILLIS));
    }
  }

  /** Doubling, each 50 to 100 % of that. */
  private static long pause(int before, long most) {
    long full = Math.min(most, FIRST_PAUSE_MILLIS << Math.min(before, 20));
    return ThreadLocalRandom.current().nextLong(full / 2, full + 1);
  }

  /** Nothing is sent any more, until {@link #unlock}; whether that is new. */
  synchronized boolean lock(String reason) {
    boolean fresh = locked == null;
    locked = reason;
    return fresh;
  }

  synchronized void unlock() {
    locked = null;
    wake();
  }

  synchronized @Nullable String locked() {
    return locked;
  }

  /** Something may be due. */
  void wake() {
    wake.release();
  }

  /** Waits until something may be due, but not for long. */
  void await(long millis) throws InterruptedException {
    if (wake.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
      wake.drainPermits();
    }
  }
}
