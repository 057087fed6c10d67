// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.util.ArrayList;
import java.util.List;

/**
 * Goes through what is left of a journal and finds what is missing: how many records, is told by
 * the next one that is readable, or the next segment's base. Where nothing follows, nobody knows:
 * then as many are given up as there can have been, so that none of their sequences is given again.
 * What no fsync ever covered is no damage there, but a torn tail, and left to {@link Recovery}.
 *
 * <p>What is given up keeps its room in the file, so that what can have been in a place is known
 * from its bytes once more when that place is damaged again.
 */
final class SalvageWalk {

  private static final long NONE = Long.MAX_VALUE;

  private final List<JournalGap> gaps = new ArrayList<>();
  private final RecordFrame frame;
  private final long saved;
  private long next;

  /**
   * Of a journal.
   *
   * @param saved up to which record the checkpoint knows all
   */
  SalvageWalk(RecordFrame frame, long saved) {
    this.frame = frame;
    this.saved = saved;
  }

  /** Says to each segment what it keeps, and what is missing; all that is missing. */
  List<JournalGap> run(List<Remains> segments) {
    if (segments.isEmpty()) {
      return gaps;
    }
    long[] limits = new long[segments.size()];
    int promised = -1; // the last segment of which something was
    long least = NONE;
    for (int i = limits.length - 1; i >= 0; i--) {
      limits[i] = least;
      least = Math.min(least, segments.get(i).first());
      promised = promised < 0 && segments.get(i).promised() > Segment.BASE ? i : promised;
    }
    next = begin(segments.get(0), least);
    Remains last = segments.get(0);
    boolean more = true;
    for (int i = 0; more && i < limits.length; i++) {
      Remains segment = segments.get(i);
      if (next < limits[i] && segment.base() < limits[i] && !segment.isUnused()) {
        last = segment;
        more = walk(segment, limits[i], i < promised);
      }
    }
    if (next <= saved) {
      lose(last, saved + last.most(), last.size());
    }
    return gaps;
  }

  /** The first record there should be: what was deleted before it, the checkpoint knows. */
  private long begin(Remains first, long least) {
    if (first.number() == 1) {
      return 1;
    }
    return least > saved + 1 ? saved + 1 : first.leastBase(least);
  }

  /** Goes through a segment; false if the journal ends there. */
  private boolean walk(Remains segment, long limit, boolean before) {
    int at = Segment.HEADER;
    if (segment.base() > next) {
      if (!before && segment.promised() <= Segment.BASE) {
        return false;
      }
      lose(segment, segment.base() - 1, 0);
    }
    while (next < limit) {
      int found = segment.find(at, next, limit);
      if (found < 0) {
        return end(segment, at, limit, before);
      }
      if (frame.sequence() > next) {
        if (!before && segment.promised() <= at) {
          return false;
        }
        lose(segment, frame.sequence() - 1, found - at);
      }
      segment.keep(next, found, found + frame.size());
      at = found + frame.size();
      next = frame.following();
    }
    return true;
  }

  /** Nothing is readable from an offset on; false if that was never promised to last. */
  private boolean end(Remains segment, int at, long limit, boolean before) {
    int behind = Math.max(segment.promised(), segment.writtenEnd(at));
    if (behind <= at) {
      return true;
    }
    if (!before && segment.promised() <= at) {
      return false;
    }
    long room = 1L + (behind - at - 1) / RecordFrame.LEAST;
    lose(segment, limit < NONE ? limit - 1 : Math.max(next - 1, saved) + room, behind - at);
    return true;
  }

  private void lose(Remains segment, long last, int bytes) {
    JournalGap gap = new JournalGap(next, last);
    gaps.add(gap);
    segment.lose(gap, bytes);
    next = last + 1;
  }
}
