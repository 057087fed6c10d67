// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Brings records to the server, on one thread: while a call is on its way, the next ones gather. A
 * call that was not answered is sent again, the same, until it is. Thread-safe.
 */
final class JournalWriter implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RedisUsageJournal.class);
  private static final int MOST_RECORDS = 512;
  private static final int MOST_BYTES = 1 << 20;
  private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long LAST_PAUSE = TimeUnit.MILLISECONDS.toNanos(500);

  private final JournalServer server;
  private final JournalServer.Head journal;
  private final long instance;
  private final String prefix;
  private final LongSupplier known;
  private final long patience;
  private final long tolerance;
  private final long mostBytes;
  private final Runnable answered;
  private final Thread thread = new Thread(this::run, "monetize-redis-journal-writes");

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
  private List<Waiting> underWay = List.of();
  private boolean closed;
  private long lost;

  /** What waits, in memory. */
  private final AtomicLong waitingBytes = new AtomicLong();

  /** Since when a call is not answered, 0 if none is under way. */
  private volatile long askedAt;

  private volatile boolean failing;
  private volatile boolean ended;
  private volatile boolean broken;
  private volatile long last;

  // The thread's own.
  private long call;
  private long records;
  private @Nullable Fault fault;

  /**
   * One that has written nothing.
   *
   * @param known up to which sequence all are known to have been given
   * @param answered called when a call was, on the writing thread
   */
  JournalWriter(
      JournalServer server,
      JournalServer.Head journal,
      long instance,
      String prefix,
      Limits limits,
      LongSupplier known,
      Runnable answered) {
    this.server = server;
    this.journal = journal;
    this.instance = instance;
    this.prefix = prefix;
    this.known = known;
    this.patience = limits.patience().toNanos();
    this.tolerance = limits.tolerance().toNanos();
    this.mostBytes = limits.bytes();
    this.answered = answered;
    thread.setDaemon(true);
  }

  /**
   * What it bears.
   *
   * @param patience how long who appends waits for an answer
   * @param tolerance how long the server may be silent before nothing more is accepted
   * @param bytes what may wait in memory
   */
  record Limits(Duration patience, Duration tolerance, long bytes) {}

  void start() {
    thread.start();
  }

  /** Whether there is room, and the server answers. */
  boolean accepting() {
    return !ended && !broken && waitingBytes.get() < mostBytes / 2 && !silent();
  }

  private boolean silent() {
    long since = askedAt;
    return since != 0 && System.nanoTime() - since > tolerance;
  }

  /**
   * Appends a record, and waits for the answer if there will be one soon.
   *
   * @return its sequence, or why it has none
   */
  long append(Waiting record) {
    if (!add(record)) {
      return Waiting.NOT_WRITTEN;
    }
    long since = askedAt;
    boolean hopeless = failing && since != 0 && System.nanoTime() - since > patience;
    return record.await(hopeless ? 0 : patience);
  }

  private boolean add(Waiting record) {
    lock.lock();
    try {
      if (closed || broken || waitingBytes.get() + record.bytes() > mostBytes) {
        notWritten(record, closed ? "it is closed" : broken ? "see above" : "too much waits");
        return false;
      }
      waitingBytes.addAndGet(record.bytes());
      queue.add(record);
      if (queue.size() == 1) {
        changed.signalAll();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void notWritten(Waiting record, String why) {
    if (record.isEvent() && lost++ == 0) {
      log.error(
          "an event could not be written to the journal in Redis ({}*): {}. lost() counts such"
              + " events",
          prefix,
          why);
    }
  }

  long lost() {
    lock.lock();
    try {
      return lost;
    } finally {
      lock.unlock();
    }
  }

  /** The last sequence that one of our calls got. */
  long last() {
    return last;
  }

  /** Waits until all that was added before is answered; false if the time is over before. */
  boolean flush(long nanos) throws InterruptedException {
    lock.lock();
    try {
      Waiting newest = queue.peekLast();
      if (newest == null && !underWay.isEmpty()) {
        newest = underWay.get(underWay.size() - 1);
      }
      long left = nanos;
      while (newest != null && (queue.contains(newest) || underWay.contains(newest)) && left > 0) {
        if (ended || broken) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return newest == null || !(queue.contains(newest) || underWay.contains(newest));
    } finally {
      lock.unlock();
    }
  }

  /** Nothing can be written any more. */
  void breakDown() {
    broken = true;
    lock.lock();
    try {
      drop("see above");
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void drop(String why) {
    for (Waiting record : queue) {
      notWritten(record, why);
      record.done(Waiting.NOT_WRITTEN);
    }
    queue.clear();
    waitingBytes.set(0);
  }

  private void run() {
    AppendCall next = next();
    while (next != null) {
      send(next);
      next = next();
    }
  }

  /** The next call; null if none will come. */
  private @Nullable AppendCall next() {
    lock.lock();
    try {
      while (queue.isEmpty() && !closed && !broken) {
        changed.await();
      }
      if (queue.isEmpty() || broken || ended) {
        return null;
      }
      List<Waiting> some = new ArrayList<>();
      long bytes = 0;
      while (!queue.isEmpty()
          && some.size() < MOST_RECORDS
          && (some.isEmpty() || bytes + queue.element().record().length <= MOST_BYTES)) {
        bytes += queue.element().record().length;
        some.add(queue.remove());
      }
      underWay = some;
    } catch (InterruptedException e) {
      return null; // nobody interrupts it but to end it
    } finally {
      lock.unlock();
    }
    long given = Math.max(last, known.getAsLong());
    AppendCall made = new AppendCall(instance, ++call, given, records + 1, underWay);
    records += underWay.size();
    return made;
  }

  /** Sends a call until it is answered. */
  private void send(AppendCall next) {
    long pause = FIRST_PAUSE;
    askedAt = Math.max(1, System.nanoTime());
    while (!ended) {
      try {
        take(next, server.append(journal, Long.toHexString(instance), next));
        return;
      } catch (RuntimeException e) {
        failed(e);
      }
      pause(pause);
      pause = Math.min(2 * pause, LAST_PAUSE);
    }
  }

  private void take(AppendCall made, String answer) {
    askedAt = 0;
    failing = false;
    if (fault != null) {
      log.warn("the journal in Redis ({}*) is written again", prefix);
      fault = null;
    }
    if (answer.startsWith("other") || answer.startsWith("past")) {
      log.error(
          "the journal in Redis ({}*) is {} now, and was {}: somebody has replaced it. Nothing more"
              + " is written to it; restart, so that this instance begins with what is there",
          prefix,
          answer,
          journal.id());
      made.records().forEach(record -> notWritten(record, "see above"));
      breakDown();
      made.records().forEach(record -> record.done(Waiting.NOT_WRITTEN));
      return;
    }
    last = Math.max(last, made.answered(answer));
    lock.lock();
    try {
      for (Waiting record : made.records()) {
        waitingBytes.addAndGet(-record.bytes());
      }
      underWay = List.of();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    answered.run();
  }

  private void failed(RuntimeException failure) {
    failing = true;
    Fault now = Fault.of(failure);
    if (now != fault) {
      fault = now;
      log.warn(
          "usage cannot be written to the journal in Redis ({}*): {}. It waits in memory, and is"
              + " tried again without more such lines; after {} no more calls are accepted",
          prefix,
          failure instanceof JedisException e ? RedisAdvice.of(e, prefix) : failure.toString(),
          Duration.ofNanos(tolerance),
          failure);
    }
  }

  private void pause(long nanos) {
    lock.lock();
    try {
      long left = nanos;
      while (left > 0 && !ended) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      ended = true; // nobody interrupts it but to end it
    } finally {
      lock.unlock();
    }
  }

  /** Takes nothing more; what waits is still written, for a while if the server answers. */
  @Override
  public void close() {
    close(failing ? 500 : 3000);
  }

  /** Ends it as the end of the process does. */
  void abandon() {
    close(0);
  }

  private void close(long millis) {
    lock.lock();
    try {
      closed = true;
      if (millis == 0) {
        ended = true;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      if (millis > 0) {
        thread.join(millis);
      }
      ended = true;
      thread.interrupt();
    } catch (InterruptedException e) {
      ended = true;
      Thread.currentThread().interrupt();
    }
    lock.lock();
    try {
      for (Waiting record : underWay) {
        notWritten(record, "it was closed before it was answered");
      }
      underWay = List.of();
      drop("it was closed before it was sent");
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
