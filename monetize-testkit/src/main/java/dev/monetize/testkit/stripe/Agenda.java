// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done when, on the clock of all and on each test clock. A job that is overdue finds
 * the time at which it was due, so that three months that pass at once give three invoices, each
 * with its own date. Guarded by the lock of the {@link World}.
 */
final class Agenda {

  /** The name of the clock that is no test clock. */
  static final String WALL = "";

  private record Job(Instant due, long order, Runnable work) {}

  private static final class Clock {
    private final PriorityQueue<Job> jobs =
        new PriorityQueue<>(Comparator.comparing(Job::due).thenComparing(Job::order));
    private @Nullable Instant frozen;
    private @Nullable Instant working;
  }

  private final InstantSource source;
  private final Map<String, Clock> clocks = new HashMap<>();
  private Duration ahead = Duration.ZERO;
  private long order;

  Agenda(InstantSource source) {
    this.source = source;
    clocks.put(WALL, new Clock());
  }

  /** What the wall clock shows, unmoved by {@link #advance}. */
  Instant real() {
    return source.instant();
  }

  Instant now() {
    return now(WALL);
  }

  /** Seconds since the epoch, as the API counts. */
  long seconds(String clock) {
    return now(clock).getEpochSecond();
  }

  Instant now(String clock) {
    Clock of = clock(clock);
    if (of.working != null) {
      return of.working;
    }
    return of.frozen != null ? of.frozen : source.instant().plus(ahead);
  }

  /** A test clock, which stands still. */
  void freeze(String clock, Instant at) {
    Clock of = new Clock();
    of.frozen = at;
    clocks.put(clock, of);
  }

  void forget(String clock) {
    clocks.remove(clock);
  }

  boolean knows(String clock) {
    return clocks.containsKey(clock);
  }

  /** Has something done when that clock shows that time; never by this call itself. */
  void at(String clock, Instant due, Runnable work) {
    clock(clock).jobs.add(new Job(due, order++, work));
  }

  /** Turns the wall clock on; nothing is done until {@link #run}. */
  void advance(Duration by) {
    ahead = ahead.plus(by);
  }

  /** Turns a test clock on, and does what is due by then. */
  void advance(String clock, Instant to) {
    Clock of = clock(clock);
    of.frozen = to;
    run(of, to);
  }

  /** Does what is due on the wall clock. */
  void run() {
    Clock wall = clock(WALL);
    if (!wall.jobs.isEmpty() && wall.working == null) {
      run(wall, now(WALL));
    }
  }

  private static void run(Clock clock, Instant until) {
    for (Job job = clock.jobs.peek();
        job != null && !job.due().isAfter(until);
        job = clock.jobs.peek()) {
      clock.jobs.remove();
      clock.working = job.due();
      try {
        job.work().run();
      } finally {
        clock.working = null;
      }
    }
  }

  private Clock clock(String name) {
    Clock clock = clocks.get(name);
    if (clock == null) {
      throw StripeError.notFound("test_helpers.test_clock", name);
    }
    return clock;
  }
}
