// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import dev.monetize.price.Money;
import dev.monetize.usage.QuotaWindow;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives notices: each once, however often it is told of the same use, by however many threads, over
 * restarts and changes of tier. Thread-safe.
 *
 * <pre>{@code
 * GivenNotices given = new GivenNotices();          // among the states the journal is opened with
 * Notices notices = Notices.start(rules, listeners, given, log, clock);
 * ...
 * notices.used(customer, key, window, windowEnd, included, ledger.used(customer, key, window));
 * }</pre>
 *
 * <p><b>Once.</b> What counts is how much is used now, not which call went past a threshold: every
 * percent that has been reached, and was not given for this customer, quota and window, is given.
 * So an upgrade in the middle of a window gives no percent again that was given before it, though
 * it be reached again; and a downgrade gives at the next call what is reached by the new allowance.
 * Telling it the same again changes nothing; so what a crash cut off is found by the next call, or
 * by going through the ledger at start.
 *
 * <p><b>Order.</b> A notice is first written down, which makes the use that it tells of durable
 * too; only then do listeners hear of it. A listener that arrives later gets what is given from
 * then on. One that is missing is owed its notices until their ids are forgotten.
 */
public final class Notices {

  private static final Logger log = LoggerFactory.getLogger(Notices.class);

  private static final Pattern NAME = Pattern.compile("[a-z0-9_-]{1,40}");
  private static final int MOST_LISTENERS = 16;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  /** How often keys are looked at, and marks cleaned. */
  private static final Duration ROUND = Duration.ofMinutes(15);

  private final NoticeRules rules;
  private final GivenNotices given;
  private final NoticeLog notes;
  private final InstantSource clock;
  private final Map<String, Courier> couriers = new TreeMap<>();
  private final Marks customers = new Marks();
  private final Marks keys = new Marks();
  private final Marks spenders = new Marks();

  /** Marks with something to tell, each at most once; so it is bounded as they are. */
  private final ConcurrentLinkedQueue<Mark> queue = new ConcurrentLinkedQueue<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread = new Thread(this::run, "monetize-notices");
  private volatile Supplier<Stream<ExpiringKey>> expiring = Stream::empty;
  private volatile boolean finishing;
  private Instant nextRound = Instant.MIN;

  private Notices(
      NoticeRules rules,
      Map<String, NoticeListener> listeners,
      GivenNotices given,
      NoticeLog notes,
      InstantSource clock) {
    this.rules = Objects.requireNonNull(rules, "rules");
    this.given = Objects.requireNonNull(given, "given");
    this.notes = Objects.requireNonNull(notes, "notes");
    this.clock = Objects.requireNonNull(clock, "clock");
    if (listeners.isEmpty() || listeners.size() > MOST_LISTENERS) {
      throw new IllegalArgumentException(
          "there must be 1 to " + MOST_LISTENERS + " listeners, got " + listeners.size());
    }
    listeners.forEach(
        (name, listener) -> {
          if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                "a listener's name must match " + NAME + ", got \"" + name + "\"");
          }
          couriers.put(name, new Courier(name, listener, notice -> delivered(notice, name), clock));
        });
    thread.setDaemon(true);
  }

  /**
   * Begins to give notices, first those that are owed.
   *
   * @param listeners by name, 1 to 16; what a listener got is kept under its name: 1 to 40 of
   *     {@code a-z 0-9 _ -}
   * @param given read from the journal, up to its end
   * @throws IllegalArgumentException if there are none, too many, or one has no good name
   */
  public static Notices start(
      NoticeRules rules,
      Map<String, NoticeListener> listeners,
      GivenNotices given,
      NoticeLog notes,
      InstantSource clock) {
    Notices notices = new Notices(rules, listeners, given, notes, clock);
    notices.couriers.forEach(
        (name, courier) -> {
          given.owedTo(name).forEach(courier::add);
          courier.start();
        });
    Set<String> missing = notices.missing();
    if (!missing.isEmpty()) {
      log.warn("notice listeners {} are not there, but are owed notices", missing);
    }
    notices.thread.start();
    return notices;
  }

  /**
   * Tells how much of a quota is used, after a call was settled, or at start. Cheap, and allocates
   * nothing, where no threshold is new; never throws, and never waits for a disk or a listener.
   *
   * @param key id of the key used; told of where the quota is counted per key
   * @param end first second behind the window
   * @param included nothing is noticed of a quota that includes nothing
   * @param used settled use, in the window
   */
  public void used(
      String customer, String key, QuotaWindow window, long end, long included, long used) {
    int mask = rules.reached(used, included);
    if (mask == 0) {
      return;
    }
    Marks marks = window.perKey() ? keys : customers;
    String owner = window.perKey() ? key : customer;
    Mark mark = marks.find(owner, customer, window.quota(), window.start());
    if (mark == null || !mark.knows(mask)) {
      quotaReached(marks, customer, key, window, end, included, used, mask);
    }
  }

  private void quotaReached(
      Marks marks,
      String customer,
      String key,
      QuotaWindow window,
      long end,
      long included,
      long used,
      int mask) {
    try {
      Instant now = clock.instant();
      Instant start = Instant.ofEpochSecond(window.start());
      Instant ends = Instant.ofEpochSecond(end);
      String owner = window.perKey() ? key : customer;
      Mark mark = marks.make(owner, customer, window.quota(), window.start(), ends);
      reach(
          mark,
          mask,
          threshold ->
              new Notice.QuotaReached(
                  customer,
                  window.perKey() ? Optional.of(key) : Optional.empty(),
                  window.quota(),
                  window.meter(),
                  start,
                  ends,
                  included,
                  used,
                  rules.percents().get(threshold),
                  now));
    } catch (RuntimeException e) {
      log.error("a threshold of {}, reached by {}, could not be noticed", window, customer, e);
    }
  }

  /**
   * Tells how much has been spent in a period that is capped. As {@link #used}: cheap, never
   * throws.
   *
   * @param start first second of the period
   * @param end first second behind it
   */
  public void spent(String customer, long start, long end, Money cap, Money amount) {
    int mask = rules.reached(amount.nanos(), cap.nanos());
    String name = cap.currency().getCurrencyCode();
    Mark known = mask == 0 ? null : spenders.find(customer, customer, name, start);
    if (mask == 0 || (known != null && known.knows(mask))) {
      return;
    }
    try {
      Instant now = clock.instant();
      Instant starts = Instant.ofEpochSecond(start);
      Instant ends = Instant.ofEpochSecond(end);
      Mark mark = spenders.make(customer, customer, name, start, ends);
      reach(
          mark,
          mask,
          threshold ->
              new Notice.SpendReached(
                  customer, starts, ends, cap, amount, rules.percents().get(threshold), now));
    } catch (RuntimeException e) {
      log.error("what {} spent of {} could not be noticed", customer, cap, e);
    }
  }

  private void reach(Mark mark, int mask, Mark.Maker maker) {
    if (mark.reach(mask, maker)) {
      queue.add(mark);
      wakeGiver();
    }
  }

  /**
   * Sets where to look for keys that expire; asked at once and every quarter of an hour, on our own
   * thread. The stream is closed. Each of the rules' days is told once, and the expiry; of several
   * that are due at the same time, the last.
   */
  public void watchKeys(Supplier<Stream<ExpiringKey>> keys) {
    this.expiring = Objects.requireNonNull(keys, "keys");
    lock.lock();
    try {
      nextRound = Instant.MIN;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How each listener is doing, by name. */
  public Map<String, NoticeStatus> status() {
    Map<String, NoticeStatus> status = new TreeMap<>();
    couriers.forEach((name, courier) -> status.put(name, courier.status()));
    return status;
  }

  /** Listeners that are owed notices, and are not there. */
  public Set<String> missing() {
    Set<String> missing = new TreeSet<>(given.creditors());
    missing.removeAll(couriers.keySet());
    return missing;
  }

  /**
   * Tries a listener's parked notices again.
   *
   * @throws IllegalArgumentException if there is no such listener
   */
  public void retry(String listener) {
    Courier courier = couriers.get(listener);
    if (courier == null) {
      throw new IllegalArgumentException("there is no listener \"" + listener + "\"");
    }
    courier.retry();
  }

  /**
   * Gives what is queued, tries once more what is due, and ends. Notices that did not arrive follow
   * after the next start. Call it before the log is closed.
   */
  public void close(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    finishing = true;
    wakeGiver();
    try {
      thread.join(Math.max(1, timeout.toMillis()));
      thread.interrupt();
      couriers.values().forEach(Courier::finish);
      for (Courier courier : couriers.values()) {
        courier.join(Duration.ofNanos(deadline - System.nanoTime()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Has all threads look at the clock: for tests, which turn it by hand. */
  void wake() {
    wakeGiver();
    couriers.values().forEach(Courier::wake);
  }

  private void wakeGiver() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
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
        } else {
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
      while (queue.isEmpty() && !finishing && clock.instant().isBefore(nextRound)) {
        changed.awaitNanos(Courier.LOOK.toNanos());
      }
    } finally {
      lock.unlock();
    }
  }

  private void round() throws InterruptedException {
    Instant now = clock.instant();
    customers.clean(now);
    keys.clean(now);
    spenders.clean(now);
    List<Notice> due = new ArrayList<>();
    try (Stream<ExpiringKey> all = expiring.get()) {
      all.forEach(
          key -> {
            Notice notice = expiry(key, now);
            if (notice != null && !given.has(notice.id())) {
              due.add(notice);
            }
          });
    } catch (RuntimeException e) {
      log.warn("keys that expire could not be listed; tried again in {}", ROUND, e);
    }
    for (Notice notice : due) {
      give(notice);
    }
  }

  /** What there is to tell of a key; of one that expired long ago, nothing. */
  private @Nullable Notice expiry(ExpiringKey key, Instant now) {
    int reached = -1;
    for (int days : rules.days()) {
      reached = key.at().minus(Duration.ofDays(days)).isAfter(now) ? reached : days;
    }
    if (!key.at().isAfter(now)) {
      reached = key.at().plus(Duration.ofDays(7)).isAfter(now) ? 0 : -1;
    }
    return reached < 0
        ? null
        : new Notice.KeyExpires(key.customer(), key.key(), key.at(), reached, now);
  }

  /** Writes a notice down, unless it was given before, and has it delivered. */
  private void give(Notice notice) throws InterruptedException {
    if (given.has(notice.id())) {
      return;
    }
    byte[] note;
    try {
      note = GivenNotices.givenNote(notice, couriers.keySet());
    } catch (RuntimeException e) {
      log.error("{} cannot be written down, and is not given", notice, e);
      return;
    }
    Duration pause = FIRST_PAUSE;
    while (!written(note, notice)) {
      if (finishing) {
        return;
      }
      awaitEnd(pause);
      pause = pause.compareTo(Courier.LOOK) < 0 ? pause.multipliedBy(2) : pause;
    }
    given.given(notice, couriers.keySet());
    couriers.values().forEach(courier -> courier.add(notice));
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

  private void delivered(Notice notice, String listener) {
    try {
      if (!written(GivenNotices.deliveredNote(notice.id(), listener), notice)) {
        return; // it comes again after a restart
      }
      given.delivered(notice.id(), listener);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean written(byte[] note, Notice notice) throws InterruptedException {
    try {
      return notes.write(note);
    } catch (IOException | RuntimeException e) {
      log.warn("a note of {} could not be written", notice.id(), e);
      return false;
    }
  }
}
