// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.usage.JournalFold;
import dev.monetize.usage.JournalRecord;
import dev.monetize.usage.SinkProgress;
import dev.monetize.usage.UsageEvent;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Reads what all instances append, on one thread, and keeps up with it what the journal was opened
 * with. Asks the server now and then, and at once when somebody waits for the answer. Thread-safe.
 */
final class JournalTail implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RedisUsageJournal.class);
  private static final int PAGE = 1_000;
  private static final long RETRY = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int FENCE_MILLIS = 50;

  private final JournalServer server;
  private final JournalFold fold;
  private final long every;
  private final int replicas;
  private final Runnable broken;
  private final Thread thread = new Thread(this::run, "monetize-redis-journal-reads");
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<UsageEvent>> eventListeners = new CopyOnWriteArrayList<>();

  /** How many records of each instance are known. */
  private final Map<Long, Long> numbers = new HashMap<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long asked;
  private long answered;
  private boolean failing;
  private volatile boolean closed;

  /** Up to here all is in the states. */
  private volatile long position;

  /** Up to here all is where it lasts. */
  private volatile long fenced;

  private volatile long durable;
  private volatile Map<String, SinkProgress> sinks = Map.of();

  /**
   * One that has read nothing.
   *
   * @param replicas how many must have what is durable
   * @param broken called when there is something that cannot be read
   */
  JournalTail(JournalServer server, JournalFold fold, long every, int replicas, Runnable broken) {
    this.server = server;
    this.fold = fold;
    this.every = every;
    this.replicas = replicas;
    this.broken = broken;
    thread.setDaemon(true);
  }

  /**
   * Reads what there is up to a sequence, on the calling thread.
   *
   * @param checkpoint what the fold was read from reaches up to here; a state that was not in it
   *     begins with the oldest record that there still is
   * @throws IOException if it cannot be understood
   */
  void readTo(long last, long checkpoint) throws IOException {
    try {
      position = Math.max(position, fold.next() - 1);
      while (position < last) {
        List<LogEntry> page = server.read(position + 1, last, PAGE);
        requireAll(page, Math.max(position, checkpoint));
        page.forEach(this::take);
        position = page.size() < PAGE ? last : position;
      }
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new IOException("record " + (position + 1) + ": " + e.getMessage(), e);
    }
    sinks = fold.sinks();
    fence();
  }

  void start() {
    thread.start();
  }

  private void run() {
    while (!closed) {
      long serving = serving();
      boolean more = false;
      try {
        more = poll();
        answered(serving, more);
      } catch (JedisException e) {
        if (!failing && !closed) {
          log.warn("the journal in Redis cannot be read; trying again: {}", e.toString());
        }
        failing = true;
      } catch (RuntimeException e) {
        log.error(
            "record {} of the journal in Redis cannot be read. Nothing more is taken from it, or"
                + " written to it",
            position + 1,
            e);
        broken.run();
        return;
      }
      if (!more) {
        pause(serving);
      }
    }
  }

  private long serving() {
    lock.lock();
    try {
      return asked;
    } finally {
      lock.unlock();
    }
  }

  /** Reads a page; whether there may be more. */
  private boolean poll() {
    List<LogEntry> page = server.read(position + 1, Long.MAX_VALUE, PAGE);
    requireAll(page, position);
    page.forEach(this::take);
    if (!page.isEmpty()) {
      sinks = fold.sinks();
    }
    fence();
    return page.size() == PAGE;
  }

  /** Sequences are left out after a failover; records that are deleted are missed. */
  private void requireAll(List<LogEntry> page, long known) {
    if (!page.isEmpty() && page.get(0).sequence() > known + 1) {
      long first = server.first();
      if (first > known + 1) {
        throw new IllegalStateException(
            "records up to "
                + (first - 1)
                + " are deleted, and this instance knows those up to "
                + known
                + ": it was away for too long. Restart it");
      }
    }
  }

  private void take(LogEntry entry) {
    if (entry.number() > numbers.getOrDefault(entry.instance(), 0L)) {
      fold.take(entry.sequence(), entry.record());
      numbers.put(entry.instance(), entry.number());
      if (entry.record() instanceof JournalRecord.Event event) {
        eventListeners.forEach(listener -> listener.accept(event.event()));
      }
    }
    position = entry.sequence();
  }

  private void fence() {
    long reached = position;
    if (fenced < reached && (replicas == 0 || server.fence(replicas, FENCE_MILLIS))) {
      fenced = reached;
      if (durable < fold.lastEvent()) {
        durable = fold.lastEvent();
        listeners.forEach(Runnable::run);
      }
    }
  }

  private void answered(long serving, boolean more) {
    if (failing) {
      failing = false;
      log.warn("the journal in Redis is read again");
    }
    lock.lock();
    try {
      if (!more) {
        answered = serving;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void pause(long served) {
    long floor = failing ? RETRY : 0;
    lock.lock();
    try {
      long left = Math.max(every, floor);
      while (!closed && left > 0 && (asked == served || left > every - floor)) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      closed = true; // nobody interrupts it but to end it
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all that was appended by anyone before is in the states. */
  boolean catchUp(long nanos) throws InterruptedException {
    lock.lock();
    try {
      long mine = ++asked;
      changed.signalAll();
      long left = nanos;
      while (answered < mine && !closed && left > 0) {
        left = changed.awaitNanos(left);
      }
      return answered >= mine;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until a record is in the states, and lasts; false if it is not when the time is over. */
  boolean await(long sequence, long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    long left = nanos;
    while ((position < sequence || fenced < sequence) && left > 0 && !closed) {
      if (!catchUp(left)) {
        break;
      }
      left = deadline - System.nanoTime();
    }
    return position >= sequence && fenced >= sequence;
  }

  long position() {
    return position;
  }

  /** Up to here all is in the states, and lasts. */
  long fenced() {
    return fenced;
  }

  long durable() {
    return durable;
  }

  Map<String, SinkProgress> sinks() {
    return sinks;
  }

  void onDurable(Runnable listener) {
    listeners.add(listener);
  }

  void onEvent(Consumer<UsageEvent> listener) {
    eventListeners.add(listener);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    thread.interrupt();
    try {
      thread.join(2_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
