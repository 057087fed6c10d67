// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves one listener, on a daemon thread of its own. */
final class Courier {

  private static final Logger log = LoggerFactory.getLogger(Notices.class);

  /** Pauses before each new attempt, as Standard Webhooks has them; each up to a tenth longer. */
  private static final List<Duration> PAUSES =
      List.of(
          Duration.ofSeconds(5),
          Duration.ofMinutes(5),
          Duration.ofMinutes(30),
          Duration.ofHours(2),
          Duration.ofHours(5),
          Duration.ofHours(10),
          Duration.ofHours(14),
          Duration.ofHours(20),
          Duration.ofHours(24));

  /** The longest to wait without a look at the clock, which may have been set. */
  static final Duration LOOK = Duration.ofMinutes(1);

  private record Debt(Notice notice, long number, int failures, Instant due) {}

  private final String name;
  private final NoticeListener listener;
  private final Consumer<Notice> delivered;
  private final Turn turn;
  private final InstantSource clock;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final PriorityQueue<Debt> debts =
      new PriorityQueue<>(Comparator.comparing(Debt::due).thenComparing(Debt::number));
  private final List<Notice> parked = new ArrayList<>();
  private @Nullable Debt trying;
  private @Nullable String failure;
  private long added;
  private boolean finishing;
  private boolean abandoned;

  /**
   * @param delivered told of each notice that arrived
   */
  Courier(
      String name,
      NoticeListener listener,
      Consumer<Notice> delivered,
      Turn turn,
      InstantSource clock) {
    this.name = name;
    this.listener = listener;
    this.delivered = delivered;
    this.turn = turn;
    this.clock = clock;
    this.thread = new Thread(this::run, "monetize-notice-" + name);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  void add(Notice notice) {
    locked(() -> addDebt(notice));
  }

  private void addDebt(Notice notice) {
    debts.add(new Debt(notice, added++, 0, clock.instant()));
  }

  /** These are owed, and nothing else. */
  void owe(List<Notice> notices) {
    locked(
        () -> {
          debts.clear();
          parked.clear();
          String underWay = trying == null ? "" : trying.notice.id();
          notices.stream().filter(notice -> !notice.id().equals(underWay)).forEach(this::addDebt);
        });
  }

  /** Tries what was parked again. */
  void retry() {
    List<Notice> again = new ArrayList<>();
    locked(
        () -> {
          again.addAll(parked);
          parked.clear();
        });
    again.forEach(this::add);
  }

  /** Looks at the clock. */
  void wake() {
    locked(() -> {});
  }

  /** What is due is tried once more, then it ends. */
  void finish() {
    locked(() -> finishing = true);
  }

  /** Waits for its end; after the time it is interrupted, and left. */
  void join(Duration time) throws InterruptedException {
    thread.join(Math.max(1, time.toMillis()));
    locked(() -> abandoned = true);
    thread.interrupt();
  }

  NoticeStatus status() {
    lock.lock();
    try {
      return new NoticeStatus(debts.size() + (trying == null ? 0 : 1), parked, failure);
    } finally {
      lock.unlock();
    }
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    Debt debt = next();
    while (debt != null) {
      deliver(debt);
      debt = next();
    }
  }

  private @Nullable Debt next() {
    lock.lock();
    try {
      while (!abandoned) {
        Debt first = debts.peek();
        Duration left =
            first == null || !turn.holds() ? LOOK : Duration.between(clock.instant(), first.due);
        if (first != null && turn.holds() && (left.isZero() || left.isNegative())) {
          trying = debts.poll();
          return first;
        }
        if (finishing) {
          return null;
        }
        changed.awaitNanos((left.compareTo(LOOK) < 0 ? left : LOOK).toNanos());
      }
      return null;
    } catch (InterruptedException e) {
      return null;
    } finally {
      lock.unlock();
    }
  }

  private void deliver(Debt debt) {
    Throwable thrown = null;
    try {
      listener.on(debt.notice);
      delivered.accept(debt.notice);
    } catch (Throwable e) { // whatever a listener throws, others go on, and this one is tried again
      thrown = e;
    }
    Thread.interrupted(); // one that a listener left behind is not meant for us
    done(debt, thrown);
  }

  private void done(Debt debt, @Nullable Throwable thrown) {
    boolean first;
    lock.lock();
    try {
      first = failure == null;
      failure = thrown == null ? null : thrown.toString();
      trying = null;
      if (thrown == null) {
        log.debug("listener \"{}\" got {}", name, debt.notice);
      } else if (thrown instanceof ListenerGoneException || debt.failures == PAUSES.size()) {
        parked.add(debt.notice);
        log.warn("listener \"{}\" did not take {}: parked", name, debt.notice, thrown);
      } else {
        debts.add(
            new Debt(
                debt.notice, debt.number, debt.failures + 1, clock.instant().plus(pause(debt))));
      }
    } finally {
      lock.unlock();
    }
    if (first && thrown != null) {
      log.warn(
          "listener \"{}\" failed; its notices are tried again, with growing pauses and without"
              + " more such lines",
          name,
          thrown);
    }
  }

  private static Duration pause(Debt debt) {
    long millis = PAUSES.get(debt.failures).toMillis();
    return Duration.ofMillis(millis + ThreadLocalRandom.current().nextLong(millis / 10));
  }
}
