// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
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

  /** How often keys are looked at, marks cleaned, and it is written down that all was told. */
  private static final Duration ROUND = Duration.ofMinutes(15);

  private final NoticeBook book;
  private final Couriers couriers;
  private final Turn turn;
  private final KeyExpiry expiry;
  private final Reached reached;
  private final InstantSource clock;

  /** Marks with something to tell, each at most once; so it is bounded as they are. */
  private final ConcurrentLinkedQueue<Mark> queue = new ConcurrentLinkedQueue<>();

  /** Who is to be looked at, and how; each once. */
  private final ConcurrentHashMap<String, Consumer<String>> looks = new ConcurrentHashMap<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread = new Thread(this::run, "monetize-notices");
  private volatile Supplier<Stream<ExpiringKey>> expiring = Stream::empty;
  private volatile Sweep sweep = Sweep.ofNobody();
  private volatile @Nullable Runnable begunTurn;
  private volatile boolean begun;
  private volatile boolean finishing;
  private volatile boolean woken;
  private Instant nextRound = Instant.MIN;

  /** Whether a turn has begun that nobody was told of. */
  private volatile boolean freshTurn = true;

  // The thread's own: whether it is to be written down that all was told, and whether it was.
  private boolean lookFailed;
  private boolean swept;
  private boolean toldIsDue;
  private boolean allTold = true;

  Giver(NoticeRules rules, NoticeBook book, Couriers couriers, Turn turn, InstantSource clock) {
    this.book = book;
    this.couriers = couriers;
    this.turn = turn;
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

  /** Sets what is done when our turn begins. */
  void onTurn(Runnable begun) {
    begunTurn = begun;
    wake();
  }

  /** Has somebody looked at soon. */
  void look(String customer, Consumer<String> look) {
    if (looks.put(customer, look) == null) {
      wake();
    }
  }

  /** Begins a sweep, in place of one that is not over. */
  void begin(Sweep next) {
    sweep = next;
    begun = true;
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
      woken = true;
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
        if (!ourTurn()) {
          more = !ending;
          if (more) {
            awaitTurn();
          }
          continue;
        }
        Mark mark = queue.poll();
        if (mark != null) {
          for (Notice notice : mark.take()) {
            allTold &= give(notice);
          }
        } else if (roundIsDue()) {
          round();
        } else if (!lookAtOne() && (ending || !sweep.step())) {
          noteTold(ending);
          more = !ending;
          await();
        }
      }
    } catch (InterruptedException e) {
      log.debug("ended while it waited; what was not given is found again after a restart");
    }
  }

  /** Whether it is for us to tell; if only from now on, what is owed is taken up first. */
  private boolean ourTurn() {
    if (!turn.holds()) {
      queue.clear();
      looks.clear();
      sweep = Sweep.ofNobody();
    }
    woken = false;
    if (turn.take()) {
      reached.forget();
      couriers.begin();
      freshTurn = true;
    }
    Runnable begin = begunTurn;
    if (freshTurn && begin != null && turn.holds()) {
      freshTurn = false;
      begin.run();
    }
    return turn.holds();
  }

  private boolean lookAtOne() {
    Iterator<Map.Entry<String, Consumer<String>>> next = looks.entrySet().iterator();
    if (!next.hasNext()) {
      return false;
    }
    Map.Entry<String, Consumer<String>> one = next.next();
    looks.remove(one.getKey());
    try {
      one.getValue().accept(one.getKey());
    } catch (RuntimeException e) {
      if (!lookFailed) {
        log.warn("what {} has used could not be looked at; tried again later", one.getKey(), e);
      }
      lookFailed = true;
    }
    return true;
  }

  /** When nothing is left to tell: of calls, or of those whom the sweep at start went over. */
  private void noteTold(boolean ending) throws InterruptedException {
    if (begun) {
      begun = false;
      swept = true;
    }
    if ((toldIsDue || ending) && allTold && swept && sweep.complete()) {
      toldIsDue = !book.told(ending && !turn.shared());
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
    return queue.isEmpty()
        && looks.isEmpty()
        && sweep.over()
        && !begun
        && (!freshTurn || begunTurn == null)
        && !finishing
        && turn.holds();
  }

  private void awaitTurn() throws InterruptedException {
    lock.lock();
    try {
      long left = Courier.LOOK.toNanos();
      while (!finishing && !woken && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private void round() throws InterruptedException {
    Instant now = clock.instant();
    toldIsDue = true;
    freshTurn |= lookFailed;
    lookFailed = false;
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

  /** Whether it is given now, or need not be. */
  private boolean give(@Nullable Notice notice) throws InterruptedException {
    if (notice == null || book.given().has(notice.id())) {
      return true;
    }
    byte[] note;
    try {
      note = NoticeNote.given(notice, couriers.names());
    } catch (RuntimeException e) {
      log.error("{} cannot be written down, and is not given", notice, e);
      return true;
    }
    Duration pause = FIRST_PAUSE;
    while (!book.give(notice, note, couriers.names())) {
      if (finishing) {
        return false;
      }
      awaitEnd(pause);
      pause = pause.compareTo(Courier.LOOK) < 0 ? pause.multipliedBy(2) : pause;
    }
    couriers.add(notice);
    return true;
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
