// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
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
 * SpareMaker} makes it in advance.
 */
final class Appender {

  private static final Logger log = LoggerFactory.getLogger(FileUsageJournal.class);
  private static final int SPINS = 64;
  private static final int WAITING_BYTES = 1024;
  private static final long SPARE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition spareCame = lock.newCondition();
  private final RecordFrame frame;
  private final KeptRecords kept;
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
  private int waiting;
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

  Appender(Recovery.Result found, SegmentIndex index, KeptRecords kept, Runnable needsSpare) {
    this.kept = kept;
    this.frame = found.frame();
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
      publish(active, sequence + 1);
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
      frame.event(appended);
      if (mustWait()) {
        awaitSpare();
        frame.event(appended);
      }
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
  long append(SinkMark mark) {
    return append(() -> frame.mark(mark));
  }

  /** Appends a note; 0 if it could not be written. */
  long append(byte[] note) {
    return append(() -> frame.note(note));
  }

  private long append(Runnable encoding) {
    lock();
    try {
      encoding.run();
      if (mustWait()) {
        awaitSpare();
        encoding.run();
      }
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

  /** Whether appending outran the making of segments, and only the reserve is left. */
  private boolean mustWait() {
    return spares.isEmpty()
        && !spareFailed
        && !closed
        && frame.size() > active.size() - reserve() - position;
  }

  /** What calls in flight and marks have when no segment can be made. */
  private int reserve() {
    return active.size() / 4;
  }

  private long put() {
    int size = frame.size();
    if (closed || (size > active.size() - position && !rotate(size))) {
      return 0;
    }
    frame.put(active.buffer(), position, sequence + 1);
    position += size;
    sequence++;
    kept.add(frame, sequence);
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
    leave(spare);
    publish(spare, sequence + 1);
    needsSpare.run();
    return true;
  }

  private void leave(Segment next) {
    full.add(new Written(active, position));
    begin(next);
  }

  private void begin(Segment segment) {
    spares.remove(segment);
    frame.seed(segment.journal(), segment.number());
    active = segment;
    position = Segment.HEADER;
  }

  private void publish(Segment segment, long base) {
    segment.begin(base);
    index.add(base, segment.name());
  }

  /**
   * Writes what is not durable once more, into the spare segment, and goes on there; the files that
   * hold it are given up. The spare gets its base last: until then all is where it was.
   *
   * @return 0 if that is done, else how large a spare must be
   * @throws IOException if some of it is nowhere but in the files
   */
  int rewrite(long synced) throws IOException {
    lock.lock();
    try {
      if (!kept.completeBehind(synced)) {
        throw new IOException(
            "more than " + KeptRecords.MOST_BYTES + " bytes were not durable: too much to repeat");
      }
      Segment spare = spares.peekFirst();
      if (spare == null || spare.size() - Segment.HEADER < kept.bytes()) {
        spares.clear(); // nobody moves on to the one that is to be replaced
        updateAccepting();
        return Segment.HEADER + kept.bytes();
      }
      full.clear();
      begin(spare);
      kept.forEachBehind(synced, frame, this::repeat);
      spare.begin(synced + 1);
      index.replaceBehind(synced + 1, spare.name());
      updateAccepting();
      return 0;
    } finally {
      lock.unlock();
    }
  }

  private void repeat(long repeated) {
    frame.put(active.buffer(), position, repeated);
    position += frame.size();
  }

  /**
   * Waits for the next segment, and if it takes too long treats it as one that cannot be made.
   * Others use the frame meanwhile.
   */
  private void awaitSpare() {
    long left = SPARE_NANOS;
    boolean interrupted = false;
    waiting++;
    updateAccepting();
    while (spares.isEmpty() && !spareFailed && !closed && left > 0) {
      try {
        left = spareCame.awaitNanos(left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    waiting--;
    if (left <= 0) {
      spareFailed = true;
      spareCame.signalAll();
    }
    updateAccepting();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Whether what is in flight has room: a spare segment, or the reserve. While a spare is being
   * made, appending waits and leaves the reserve alone, so that calls go on.
   */
  private void updateAccepting() {
    boolean reserved =
        active.size() - position >= reserve() && waiting <= reserve() / WAITING_BYTES;
    accepting = !closed && !poisoned && (!spares.isEmpty() || reserved);
  }

  /** Counts an event of which nobody knows whether it lasts. */
  void unacknowledged() {
    lock.lock();
    try {
      lost("it could not be made durable; whether it is there after a restart is uncertain");
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

  boolean waitsForRoom() {
    lock.lock();
    try {
      return waiting > 0;
    } finally {
      lock.unlock();
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

  /** Number of the segment behind the active one. */
  long nextNumber() {
    lock.lock();
    try {
      return active.number() + 1;
    } finally {
      lock.unlock();
    }
  }

  /** Number of the segment to be made next, 0 if none is needed. */
  long wantedSpare() {
    lock.lock();
    try {
      return spares.isEmpty() && !closed && !poisoned ? active.number() + 1 : 0;
    } finally {
      lock.unlock();
    }
  }

  /** Adds a spare segment, or puts it in place of that of the same number. */
  void addSpare(Segment spare) {
    lock.lock();
    try {
      spares.removeIf(former -> former.number() == spare.number());
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
      updateAccepting();
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
      kept.synced(extent.sequence());
    } finally {
      lock.unlock();
    }
  }
}
