// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes records, one after the other, into the mapped segment, under one short lock in which
 * nothing but memory is touched. When a segment is full the next one is there already: the {@link
 * JournalThread} makes it in advance.
 */
final class Appender {

  private static final Logger log = LoggerFactory.getLogger(FileUsageJournal.class);
  private static final int SPINS = 64;
  private static final long SPARE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition spareCame = lock.newCondition();
  private final RecordFrame frame = new RecordFrame();
  private final ArrayDeque<Segment> spares = new ArrayDeque<>();
  private final List<Written> full = new ArrayList<>();
  private final SegmentIndex index;
  private final Runnable needsSpare;
  private Segment active;
  private int position;
  private long sequence;
  private long event;
  private long lost;
  private boolean closed;
  private boolean spareFailed;
  private boolean poisoned;
  private volatile boolean accepting;

  /** A segment, and the offset that its records reach. */
  record Written(Segment segment, int end) {}

  /**
   * What is there to be made durable.
   *
   * @param segments in their order, the active one last
   * @param sequence of the last record
   * @param event sequence of the last event
   */
  record Extent(List<Written> segments, long sequence, long event) {}

  Appender(Recovery.Result found, SegmentIndex index, Runnable needsSpare) {
    this.index = index;
    this.needsSpare = needsSpare;
    int begun = found.ends().size();
    sequence = found.nextSequence() - 1;
    event = found.lastEvent();
    spares.addAll(found.segments().subList(Math.max(begun, 1), found.segments().size()));
    active = found.segments().get(Math.max(begun, 1) - 1);
    position = begun == 0 ? 0 : found.ends().get(begun - 1);
    if (begun == 0) {
      begin(active);
    }
    frame.seed(active.journal(), active.number());
    updateAccepting();
  }

  boolean accepting() {
    return accepting;
  }

  long append(UsageEvent appended) {
    lock();
    try {
      do {
        frame.event(appended);
      } while (full() && awaitSpare());
      long written = put();
      if (written == 0) {
        return lost(closed ? "it is closed" : "there is no room");
      }
      event = written;
      return written;
    } catch (RuntimeException | InternalError e) {
      return lost(e.toString());
    } finally {
      lock.unlock();
    }
  }

  /** Appends a mark; 0 if it could not be written. */
  long append(RecordType type, SinkMark mark) {
    lock();
    try {
      do {
        frame.mark(type, mark);
      } while (full() && awaitSpare());
      return put();
    } finally {
      lock.unlock();
    }
  }

  private void lock() {
    for (int i = 0; i < SPINS; i++) {
      if (lock.tryLock()) {
        return;
      }
      Thread.onSpinWait();
    }
    lock.lock();
  }

  private boolean full() {
    return frame.size() > active.size() - position && spares.isEmpty() && !closed;
  }

  private long put() {
    int size = frame.size();
    if (closed || (size > active.size() - position && !rotate(size))) {
      return 0;
    }
    frame.put(active.buffer(), position, sequence + 1);
    position += size;
    sequence++;
    if (spares.isEmpty() && accepting) {
      updateAccepting();
    }
    return sequence;
  }

  private boolean rotate(int size) {
    Segment spare = spares.peekFirst();
    if (spare == null || size > spare.size() - Segment.HEADER) {
      return false;
    }
    full.add(new Written(active, position));
    begin(spare);
    needsSpare.run();
    return true;
  }

  private void begin(Segment segment) {
    spares.remove(segment);
    segment.begin(sequence + 1);
    index.add(sequence + 1, segment.name());
    frame.seed(segment.journal(), segment.number());
    active = segment;
    position = Segment.HEADER;
  }

  /**
   * Waits a moment where appending outran the making of segments. Others may use the frame
   * meanwhile.
   *
   * @return whether a spare segment came
   */
  private boolean awaitSpare() {
    long left = SPARE_NANOS;
    boolean interrupted = false;
    while (spares.isEmpty() && !spareFailed && left > 0) {
      try {
        left = spareCame.awaitNanos(left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !spares.isEmpty();
  }

  /** Whether what is in flight has room: a whole spare segment, or a quarter of this one. */
  private void updateAccepting() {
    accepting =
        !closed
            && !poisoned
            && (!spares.isEmpty() || active.size() - position >= active.size() / 4);
  }

  /** Counts an event of which nobody knows whether it lasts; 0. */
  long unacknowledged() {
    lock.lock();
    try {
      return lost("it could not be made durable; whether it is there after a restart is uncertain");
    } finally {
      lock.unlock();
    }
  }

  private long lost(String why) {
    if (lost++ == 0) {
      log.error(
          "{}: an event could not be written to the journal: {}. lost() counts such events",
          active.file(),
          why);
    }
    return 0;
  }

  long lost() {
    lock.lock();
    try {
      return lost;
    } finally {
      lock.unlock();
    }
  }

  /** Number of the segment to be made next, 0 if none is needed. */
  long wantedSpare() {
    lock.lock();
    try {
      return spares.isEmpty() && !closed ? active.number() + 1 : 0;
    } finally {
      lock.unlock();
    }
  }

  void addSpare(Segment spare) {
    lock.lock();
    try {
      spares.add(spare);
      spareFailed = false;
      updateAccepting();
      spareCame.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** No spare one could be made: nobody need wait for it. */
  void spareFailed() {
    lock.lock();
    try {
      spareFailed = true;
      spareCame.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What was written can no longer be made durable: nothing more is accepted. */
  void poison() {
    lock.lock();
    try {
      poisoned = true;
      updateAccepting();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      updateAccepting();
      spareCame.signalAll();
    } finally {
      lock.unlock();
    }
  }

  Extent extent() {
    lock.lock();
    try {
      List<Written> segments = new ArrayList<>(full);
      segments.add(new Written(active, position));
      return new Extent(segments, sequence, event);
    } finally {
      lock.unlock();
    }
  }

  /** Lets go of full segments that are durable. */
  void synced(Extent extent) {
    lock.lock();
    try {
      full.removeAll(extent.segments());
    } finally {
      lock.unlock();
    }
  }
}
