// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The identities of usage from elsewhere that the journal holds, for 35 days after each was
 * recorded, so that none is counted twice. Thread-safe.
 *
 * <p>Each takes at most 32 bytes of heap. Where there are more than were asked for, all go to
 * files, 20 bytes each; every such file costs a search in mapped memory when an id is looked up
 * that is new, so ask for about as many as come in a day. Files are room only: after a restart
 * everything comes from the journal and its checkpoint. Days are kept and forgotten as a whole, by
 * the newest event seen, not by a clock: the same records make the same state.
 */
public final class RecordedIds implements JournalState {

  /** How long an id is remembered at least. */
  public static final Duration KEPT = Duration.ofDays(35);

  /** How many are held in memory, unless another number is asked for: 1,000,000 (32 MB). */
  public static final int IN_MEMORY = 1_000_000;

  private static final Logger log = LoggerFactory.getLogger(RecordedIds.class);

  private static final int LAYOUT = 1;
  private static final long DAY_NANOS = 86_400_000_000_000L;

  /** 35 days and the 5 minutes that usage may be ahead of its time reach into 37 days. */
  private static final int DAYS = 37;

  private final Path directory;
  private final int most;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<IdDay> days = new ArrayDeque<>(); // the newest first
  private int spilling;
  private long spillAbove;

  private RecordedIds(Path directory, int most) {
    this.directory = directory;
    this.most = most;
    this.spillAbove = most;
  }

  /** An empty one that holds {@value #IN_MEMORY} ids in memory. */
  public static RecordedIds in(Path directory) throws IOException {
    return in(directory, IN_MEMORY);
  }

  /**
   * An empty one.
   *
   * @param directory for what does not fit into memory; made where it does not exist. Files that a
   *     former run left there are deleted
   * @param most ids in memory, 1,000 to 50,000,000
   */
  public static RecordedIds in(Path directory, int most) throws IOException {
    if (most < 1000 || most > 50_000_000) {
      throw new IllegalArgumentException("most must be 1000 to 50000000, got " + most);
    }
    Files.createDirectories(directory);
    try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, "ids-*.run")) {
      left.forEach(IdRun::delete);
    }
    return new RecordedIds(directory, most);
  }

  @Override
  public String name() {
    return "ids";
  }

  @Override
  public RecordedIds fresh() {
    return new RecordedIds(directory, most);
  }

  @Override
  public void event(long sequence, UsageEvent event) {
    ExternalId id = event.external();
    if (id != null && add(id, event.settledNanos())) {
      spill();
    }
  }

  /**
   * Remembers an id; never waits for a file.
   *
   * @return whether {@link #spill} is due
   */
  boolean add(ExternalId id, long settledNanos) {
    lock.lock();
    try {
      day(Math.floorDiv(settledNanos, DAY_NANOS)).table().add(id.high(), id.low(), check(id));
      return mustSpill();
    } finally {
      lock.unlock();
    }
  }

  /** The newest day, never one before it: a clock that is set back shortens no memory. */
  private IdDay day(long day) {
    IdDay newest = days.peekFirst();
    if (newest == null || newest.day() < day) {
      newest = new IdDay(day);
      days.addFirst(newest);
      days.removeIf(old -> old.day() <= day - DAYS);
    }
    return newest;
  }

  /** What is known of an id. */
  Found find(ExternalId id) {
    List<IdRun> runs = List.of();
    lock.lock();
    try {
      for (IdDay day : days) {
        long check = day.find(id);
        if (check >= 0) {
          return found(check, id);
        }
        runs = joined(runs, day.runs());
      }
    } finally {
      lock.unlock();
    }
    for (IdRun run : runs) {
      long check = run.find(id.high(), id.low());
      if (check >= 0) {
        return found(check, id);
      }
    }
    return Found.NOTHING;
  }

  private static List<IdRun> joined(List<IdRun> some, List<IdRun> others) {
    if (some.isEmpty() || others.isEmpty()) {
      return some.isEmpty() ? others : some;
    }
    List<IdRun> all = new ArrayList<>(some);
    all.addAll(others);
    return all;
  }

  private static Found found(long check, ExternalId id) {
    return (int) check == check(id) ? Found.THE_SAME : Found.ANOTHER;
  }

  private static int check(ExternalId id) {
    return (int) (id.payload() >>> 32);
  }

  /** What was recorded under an id. */
  enum Found {
    NOTHING,
    THE_SAME,
    ANOTHER
  }

  /**
   * Moves what is in memory to files, one a day, if that is too much. What cannot be written stays
   * in memory, and is tried again when there is a tenth more.
   */
  void spill() {
    for (IdDay day : startSpill()) {
      IdRun run = null;
      try {
        Path file = directory.resolve("ids-" + UUID.randomUUID() + ".run");
        run = IdRun.write(file, day.leaving());
      } catch (IOException e) {
        log.warn("ids of usage from elsewhere stay in memory: {} takes no file", directory, e);
      } finally {
        endSpill(day, run);
      }
    }
  }

  private List<IdDay> startSpill() {
    lock.lock();
    try {
      List<IdDay> full = new ArrayList<>();
      if (mustSpill()) {
        days.stream().filter(day -> day.inMemory() > 0).forEach(full::add);
        full.forEach(IdDay::leave);
        spilling = full.size();
        spillAbove = most;
      }
      return full;
    } finally {
      lock.unlock();
    }
  }

  private void endSpill(IdDay day, @Nullable IdRun run) {
    lock.lock();
    try {
      day.left(run);
      spilling--;
      if (run == null) {
        spillAbove = Math.max(most, inMemory()) + most / 10;
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean mustSpill() {
    return spilling == 0 && inMemory() > spillAbove;
  }

  private long inMemory() {
    long ids = 0;
    for (IdDay day : days) {
      ids += day.inMemory();
    }
    return ids;
  }

  /** How many ids are known. */
  public long size() {
    return locked(() -> days.stream().mapToLong(IdDay::size).sum());
  }

  /** Bytes of heap that they take. */
  long bytes() {
    return locked(() -> days.stream().mapToLong(IdDay::bytes).sum());
  }

  /** How many files they are in. */
  int files() {
    return (int) locked(() -> days.stream().mapToLong(day -> day.runs().size()).sum());
  }

  private long locked(LongSupplier sum) {
    lock.lock();
    try {
      return sum.getAsLong();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void write(DataOutput to) throws IOException {
    lock.lock();
    try {
      to.writeByte(LAYOUT);
      to.writeInt(days.size());
      for (Iterator<IdDay> oldestFirst = days.descendingIterator(); oldestFirst.hasNext(); ) {
        IdDay day = oldestFirst.next();
        to.writeLong(day.day());
        to.writeLong(day.size());
        day.forEach(
            (high, low, check) -> {
              to.writeLong(high);
              to.writeLong(low);
              to.writeInt(check);
            });
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void read(DataInput from) throws IOException {
    int layout = from.readByte();
    if (layout != LAYOUT) {
      throw new IOException("layout " + layout + " of recorded ids is of a later version");
    }
    for (int left = from.readInt(); left > 0; left--) {
      long day = from.readLong();
      for (long ids = from.readLong(); ids > 0; ids--) {
        if (readId(day, from)) {
          spill();
        }
      }
    }
  }

  private boolean readId(long day, DataInput from) throws IOException {
    lock.lock();
    try {
      day(day).table().add(from.readLong(), from.readLong(), from.readInt());
      return mustSpill();
    } finally {
      lock.unlock();
    }
  }
}
