// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives notices, on a daemon thread of its own: writes each down, unless it was given before, then
 * hands it to the couriers. In this order: of what was reached by calls, of keys that expire, of
 * who is found in a sweep. So a sweep queues no more than one customer's notices.
 */
final class Giver {

  private static final Logger log = LoggerFactory.getLogger(Notices.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  /** How often keys are looked at, and marks cleaned. */
  private static final Duration ROUND = Duration.ofMinutes(15);

  private final NoticeBook book;
  private final Couriers couriers;
  private final KeyExpiry expiry;
  private final Reached reached;
  private final InstantSource clock;

  /** Marks with something to tell, each at most once; so it is bounded as they are. */
  private final ConcurrentLinkedQueue<Mark> queue = new ConcurrentLinkedQueue<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread = new Thread(this::run, "monetize-notices");
  private volatile Supplier<Stream<ExpiringKey>> expiring = Stream::empty;
  private volatile Sweep sweep = Sweep.ofNobody();
  private volatile boolean finishing;
  private Instant nextRound = Instant.MIN;

  Giver(NoticeRules rules, NoticeBook book, Couriers couriers, InstantSource clock) {
    this.book = book;
    this.couriers = couriers;
    this.expiry = new KeyExpiry(rules.days());
    this.reached = new Reached(rules, clock, this::add);
    this.clock = clock;
    thread.setDaemon(true);
  }

  /** What tells it of use. */
  Reached reached() {
    return reached;
  }

  void start() {
    thread.start();
  }

  private void add(Mark mark) {
    queue.add(mark);
    wake();
  }

  void watchKeys(Supplier<Stream<ExpiringKey>> keys) {
    expiring = keys;
    change(() -> nextRound = Instant.MIN);
  }

  /** Begins a sweep, in place of one that is not over. */
  void begin(Sweep next) {
    sweep = next;
    wake();
  }

  /** Looks at the clock. */
  void wake() {
    change(() -> {});
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

  /** Gives what is queued, and ends; after the time it is interrupted. */
  void close(Duration time) throws InterruptedException {
    finishing = true;
    wake();
    thread.join(Math.max(1, time.toMillis()));
    thread.interrupt();
  }

  private void run() {
    try {
      boolean more = true;
      while (more) {
        boolean ending = finishing;
        Mark mark = queue.poll();
        if (mark != null) {
          for (Notice notice : mark.take()) {
            give(notice);
          }
        } else if (roundIsDue()) {
          round();
        } else if (ending || !sweep.step()) {
          more = !ending;
          await();
        }
      }
    } catch (InterruptedException e) {
      log.debug("ended while it waited; what was not given is found again after a restart");
    }
  }

  private boolean roundIsDue() {
    lock.lock();
    try {
      Instant now = clock.instant();
      boolean due = !now.isBefore(nextRound);
      nextRound = due ? now.plus(ROUND) : nextRound;
      return due;
    } finally {
      lock.unlock();
    }
  }

  private void await() throws InterruptedException {
    lock.lock();
    try {
      while (isIdle() && clock.instant().isBefore(nextRound)) {
        changed.awaitNanos(Courier.LOOK.toNanos());
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isIdle() {
    return queue.isEmpty() && sweep.over() && !finishing;
  }

  private void round() throws InterruptedException {
    Instant now = clock.instant();
    reached.clean(now);
    sweep.round();
    try (Stream<ExpiringKey> keys = expiring.get()) {
      for (Iterator<ExpiringKey> each = keys.iterator(); each.hasNext(); ) {
        give(expiry.notice(each.next(), now));
      }
    } catch (RuntimeException e) {
      log.warn("keys that expire could not be listed; tried again in {}", ROUND, e);
    }
  }

  private void give(@Nullable Notice notice) throws InterruptedException {
    if (notice == null || book.given().has(notice.id())) {
      return;
    }
    byte[] note;
    try {
      note = NoticeNote.given(notice, couriers.names());
    } catch (RuntimeException e) {
      log.error("{} cannot be written down, and is not given", notice, e);
      return;
    }
    Duration pause = FIRST_PAUSE;
    while (!book.give(notice, note, couriers.names())) {
      if (finishing) {
        return;
      }
      awaitEnd(pause);
      pause = pause.compareTo(Courier.LOOK) < 0 ? pause.multipliedBy(2) : pause;
    }
    couriers.add(notice);
  }

  /** Waits, but not when all is to end. */
  private void awaitEnd(Duration pause) throws InterruptedException {
    long left = pause.toNanos();
    lock.lock();
    try {
      while (!finishing && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}
