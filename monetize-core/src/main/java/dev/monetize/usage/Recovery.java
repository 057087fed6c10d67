// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads a journal from the first record that is not known on, and decides where it ends.
 *
 * <p>It ends where the first record is missing or unreadable. If nothing is behind that place, that
 * is how it was left. What is behind it is a torn tail if no fsync ever covered the place, that is,
 * it lies behind the synced offset of its segment and no later segment was synced; it was never
 * promised to survive what tore it, and is cut off. Anything else is damage, and refused.
 *
 * <p>A segment whose fsync failed is followed by one that begins with the first record that was not
 * durable: what the former holds of those is passed over, whatever it is.
 */
final class Recovery {

  private final Fold fold;
  private final long from;
  private final RecordFrame frame;
  private final List<Segment> segments = new ArrayList<>();
  private final Set<Segment> scanned = new HashSet<>();
  private final TreeMap<Long, String> bases = new TreeMap<>();
  private final List<Integer> ends = new ArrayList<>();
  private long next = 1;
  private @Nullable TornTail torn;
  private int stopped;

  /**
   * What was found.
   *
   * @param segments all of them, those not begun yet last
   * @param ends where each begun segment's records end
   * @param bases begun segments by their first sequence
   * @param torn what was cut off, if anything
   * @param frame done with; it is large, so it is handed on
   */
  record Result(
      List<Segment> segments,
      List<Integer> ends,
      NavigableMap<Long, String> bases,
      long nextSequence,
      long lastEvent,
      @Nullable TornTail torn,
      RecordFrame frame) {}

  /** What was being written when the process or the machine stopped. */
  record TornTail(JournalFile file, long bytes) {}

  Recovery(Fold fold) {
    this(fold, Long.MAX_VALUE, new RecordFrame());
  }

  /**
   * One that also checks records that the fold knows.
   *
   * @param from the first one
   * @param frame to read with
   */
  Recovery(Fold fold, long from, RecordFrame frame) {
    this.fold = fold;
    this.from = from;
    this.frame = frame;
  }

  /** Reads, and mends what a stop has left. */
  Result run(SegmentDirectory directory) throws IOException {
    Result found = look(directory);
    cutTail(directory);
    for (int i = 0; i < ends.size(); i++) {
      sync(segments.get(i), ends.get(i));
    }
    return found;
  }

  /** Reads, and changes nothing. */
  Result look(SegmentDirectory directory) throws IOException {
    open(directory);
    long[] limits = limits();
    begin(limits);
    int index = 0;
    while (index < limits.length && read(segments.get(index), limits[index])) {
      index++;
    }
    findTail();
    if (next <= fold.saved()) {
      throw JournalDamagedException.lost(
          segments.get(segments.size() - 1).file(),
          missing(next, fold.saved() + 1) + " missing, which the checkpoint knows");
    }
    return new Result(segments, ends, bases, next, fold.lastEvent(), torn, frame);
  }

  /** Segments before the first one were deleted: the checkpoint knows what they held. */
  private void begin(long[] limits) throws JournalDamagedException {
    Segment first = segments.get(0);
    if (first.number() == 1) {
      return;
    }
    next = first.base() > 0 ? Math.min(first.base(), limits[0]) : limits[0];
    if (next > fold.saved() + 1) {
      throw JournalDamagedException.lost(
          first.file(), missing(fold.saved() + 1, next) + " missing, which come before it");
    }
  }

  private static String missing(long first, long behind) {
    return behind - first == 1
        ? "record " + first + " is"
        : "records " + first + " to " + (behind - 1) + " are";
  }

  /** Reads a segment; false if the records end there, or before it. */
  private boolean read(Segment segment, long limit) throws IOException {
    boolean givenUp = segment.base() <= 0 ? next == limit : segment.base() >= limit;
    if (givenUp) {
      ends.add(segment.size());
      return true;
    }
    if (segment.base() != next) {
      return false;
    }
    bases.put(next, segment.name());
    if (limit <= Math.min(from, fold.next())) {
      ends.add(segment.size());
      next = limit;
      return true;
    }
    scanned.add(segment);
    LegibleFile.check(segment.file(), segment.size());
    ends.add(scan(segment, limit));
    return next == limit || cleanAt(segment, lastEnd());
  }

  /** Where the records of each segment end at the latest, because a later one has them. */
  private long[] limits() {
    long[] limits = new long[segments.size()];
    long least = Long.MAX_VALUE;
    for (int i = limits.length - 1; i >= 0; i--) {
      limits[i] = least;
      long base = segments.get(i).base();
      least = base > 0 ? Math.min(least, base) : least;
    }
    return limits;
  }

  /** What lies behind the end was given up by an fsync that failed: then it is not tried again. */
  private void sync(Segment segment, int end) throws IOException {
    if (segment.synced() < end && scanned.contains(segment) && segment.writtenEnd(end) == end) {
      segment.syncAgain(end);
    }
  }

  private void open(SegmentDirectory directory) throws IOException {
    NavigableMap<Long, String> files = directory.files();
    long expected = files.firstKey();
    for (Map.Entry<Long, String> file : files.entrySet()) {
      Segment segment = directory.open(file.getValue());
      if (file.getKey() != expected) {
        throw JournalDamagedException.lost(
            segment.file(), "segment " + expected + ", which comes before it, is missing");
      }
      if (segment.number() != expected) {
        throw JournalDamagedException.lost(
            segment.file(), "it is a copy of segment " + segment.number());
      }
      segments.add(segment);
      checkJournal(segment, segments.get(0).journal());
      expected++;
    }
  }

  static void checkJournal(Segment segment, UUID journal) throws JournalDamagedException {
    if (!segment.journal().equals(journal)) {
      throw JournalDamagedException.refused(
          segment.file(),
          "it belongs to journal " + segment.journal() + ", the first segment to " + journal);
    }
  }

  private int scan(Segment segment, long limit) throws IOException {
    long first = fold.next();
    frame.seed(segment.journal(), segment.number());
    int at = Segment.HEADER;
    while (next < limit && frame.take(segment.buffer(), at, next)) {
      if (next >= first) {
        apply(segment, at);
      }
      at += frame.size();
      next = frame.following();
    }
    return at;
  }

  private void apply(Segment segment, int at) throws IOException {
    RecordType type = RecordType.of(frame.typeCode());
    if (type == null) {
      throw JournalDamagedException.refused(
          segment.file(),
          "at offset "
              + at
              + ": record "
              + next
              + " has type "
              + frame.typeCode()
              + ", which a later version may know");
    }
    try {
      fold.record(next, type, frame.payload());
    } catch (UncheckedIOException e) {
      throw e.getCause(); // of who takes it: the record is good
    } catch (RuntimeException e) {
      JournalDamagedException damage =
          JournalDamagedException.refused(
              segment.file(),
              "at offset " + at + ": record " + next + " cannot be understood: " + e.getMessage());
      damage.initCause(e);
      throw damage;
    }
  }

  private int lastEnd() {
    return ends.get(ends.size() - 1);
  }

  private static boolean cleanAt(Segment segment, int end) {
    return segment.synced() <= end && segment.writtenEnd(end) == end;
  }

  private void findTail() throws IOException {
    long dropped = 0;
    boolean damaged = false;
    stopped = segments.size();
    for (int i = segments.size() - 1; i >= 0 && i >= ends.size() - 1; i--) {
      Segment segment = segments.get(i);
      int from = i < ends.size() ? ends.get(i) : Segment.BASE;
      if (!scanned.contains(segment)) {
        LegibleFile.check(segment.file(), segment.size());
      }
      int written = segment.writtenEnd(from) - from;
      damaged |= segment.synced() > from;
      if (written > 0 || segment.synced() > from) {
        dropped += written;
        stopped = i;
      }
    }
    if (damaged) {
      throw damage();
    }
    if (dropped > 0) {
      torn = new TornTail(segments.get(stopped).file(), dropped);
    }
  }

  private void cutTail(SegmentDirectory directory) throws IOException {
    boolean again = directory.isCutting();
    if (torn != null && !again) {
      directory.beginCutting();
    }
    if (torn != null || again) {
      cut(again ? Math.max(0, ends.size() - 1) : stopped, again);
      directory.endCutting();
    }
  }

  /**
   * From the end, so that what is behind the tear never looks joined to what is before it.
   *
   * @param all whether zeros are written over zeros too
   */
  private void cut(int first, boolean all) throws IOException {
    for (int i = segments.size() - 1; i >= first; i--) {
      Segment segment = segments.get(i);
      int from = i < ends.size() ? ends.get(i) : Segment.BASE;
      if (all || segment.writtenEnd(from) > from) {
        segment.clear(from);
      }
    }
  }

  private JournalDamagedException damage() {
    Segment segment = segments.get(stopped);
    int at = stopped < ends.size() ? ends.get(stopped) : Segment.BASE;
    long found = nextReadable(at);
    String missing =
        found == 0
            ? "record " + next + " and all that follow it"
            : found - next == 1 ? "record " + next : "records " + next + " to " + (found - 1);
    return JournalDamagedException.lost(segment.file(), at, missing + " cannot be read");
  }

  /** Sequence of the first readable record behind a place, 0 if there is none. */
  private long nextReadable(int offset) {
    for (int i = stopped; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      frame.seed(segment.journal(), segment.number());
      int at = i == stopped && offset > Segment.HEADER ? offset + 8 : Segment.HEADER;
      if (frame.find(segment.buffer(), at, next, Long.MAX_VALUE) >= 0) {
        return frame.sequence();
      }
    }
    return 0;
  }
}
