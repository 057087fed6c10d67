// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What is left of one segment, and what it becomes: its readable records as they are, and a GAP
 * where others are missing. Not thread-safe.
 */
final class Remains {

  /** Whether a segment's header is as it was written. */
  enum Header {
    WHOLE,
    DAMAGED
  }

  /** Bytes that one GAP takes at most: a multiple of those of the least record. */
  private static final int MOST_GAP = 65_520;

  private final UUID journal;
  private final long number;
  private final RecordFrame frame;
  private final ByteBuffer bytes;
  private final int size;
  private final long base;
  private final long first;
  private final int promised;
  private final List<Piece> pieces = new ArrayList<>();
  private boolean replaced;

  /** Records, and the offsets between which they lie; if they are missing, the room they keep. */
  private record Piece(long first, long last, int from, int end, boolean missing) {

    int size() {
      return missing ? Math.max(RecordFrame.LEAST, (end - from + 7) & ~7) : end - from;
    }
  }

  /**
   * Of a segment.
   *
   * @param number that of its name
   * @param usual size of the others, where its own cannot be known
   */
  Remains(UUID journal, long number, Segment segment, Header header, int usual, RecordFrame frame) {
    this.journal = journal;
    this.number = number;
    this.frame = frame;
    bytes = segment.buffer();
    boolean damaged = header == Header.DAMAGED;
    replaced = damaged || segment.file() instanceof LegibleFile;
    size = damaged ? Math.max(usual, bytes.capacity()) : bytes.capacity();
    boolean headed = bytes.capacity() >= Segment.HEADER;
    long begun = headed ? segment.base() : -1;
    int synced = headed && segment.knowsSynced() ? segment.synced() : -1;
    if (damaged && begun <= 0 && synced <= 0) { // zeros say nothing, but where all else is there
      boolean blank =
          begun == 0 && writtenEnd(0) > 0 && writtenEnd(Segment.HEADER) == Segment.HEADER;
      begun = blank ? 0 : -1;
      synced = blank ? 0 : -1;
    }
    base = begun;
    frame.seed(journal, number);
    boolean readable =
        (base != 0 || synced != 0) && frame.find(bytes, Segment.HEADER, 1, Long.MAX_VALUE) >= 0;
    first = base > 0 ? base : readable ? frame.sequence() : Long.MAX_VALUE;
    promised = synced >= 0 ? synced : readable && size == bytes.capacity() ? writtenEnd(0) : size;
  }

  /** Whether it was never begun. */
  boolean isUnused() {
    return base == 0 && promised == 0;
  }

  /** Sequence of its first record, at most 0 if that is not known. */
  long base() {
    return base;
  }

  /** Its base, else its first readable sequence, else {@link Long#MAX_VALUE}. */
  long first() {
    return first;
  }

  /** Offset before which all was promised to last. */
  int promised() {
    return promised;
  }

  int size() {
    return size;
  }

  /** How many records it can have held, at most. */
  long most() {
    return size / RecordFrame.LEAST;
  }

  /** The least that its base can have been, of a first sequence that it is not above. */
  long leastBase(long known) {
    int end = first == known ? frame.find(bytes, Segment.HEADER, known, known + 1) : size;
    return base == known ? base : Math.max(1, known - end / RecordFrame.LEAST);
  }

  long number() {
    return number;
  }

  boolean isReplaced() {
    return replaced;
  }

  String name() {
    return SegmentDirectory.name(number);
  }

  /** Offset of the next readable record of a range of sequences, which the frame holds then. */
  int find(int from, long next, long behind) {
    frame.seed(journal, number);
    return frame.find(bytes, from, next, behind);
  }

  /** Offset behind the last byte that is not 0. */
  int writtenEnd(int from) {
    return Segment.writtenEnd(bytes, from);
  }

  /** It keeps a record. */
  void keep(long sequence, int from, int end) {
    Piece before = pieces.isEmpty() ? null : pieces.get(pieces.size() - 1);
    replaced |= before == null && base != sequence;
    if (before != null && !before.missing && before.end == from) {
      pieces.set(pieces.size() - 1, new Piece(before.first, sequence, before.from, end, false));
    } else {
      pieces.add(new Piece(sequence, sequence, from, end, false));
    }
  }

  /**
   * Records of it are missing.
   *
   * @param room that they keep at least
   */
  void lose(JournalGap gap, int room) {
    replaced = true;
    long first = gap.first();
    int left = room;
    while (left > MOST_GAP && first < gap.last()) {
      long last = Math.min(gap.last() - 1, first + MOST_GAP / RecordFrame.LEAST - 1);
      pieces.add(new Piece(first, last, 0, MOST_GAP, true));
      first = last + 1;
      left -= MOST_GAP;
    }
    pieces.add(new Piece(first, gap.last(), 0, Math.min(left, MOST_GAP), true));
  }

  /** Writes what it becomes. */
  void write(OutputStream stream) throws IOException {
    DataOutputStream to = new DataOutputStream(stream);
    int end = Segment.HEADER;
    for (Piece piece : pieces) {
      end += piece.size();
    }
    int whole = Math.max(size, (end + 4095) & ~4095);
    if (pieces.isEmpty()) {
      to.write(Segment.identity(journal, number, whole).array());
      end = Segment.BASE;
    } else {
      to.write(Segment.header(journal, number, whole, pieces.get(0).first, end));
    }
    for (Piece piece : pieces) {
      if (!piece.missing) {
        int until = Math.min(piece.end, bytes.capacity());
        SegmentDirectory.copy(bytes, piece.from, until, to);
        to.write(new byte[piece.end - until]); // zeros behind the last record, which were cut off
      } else {
        ByteBuffer gap = gap(piece);
        SegmentDirectory.copy(gap, 0, gap.capacity(), to);
      }
    }
    byte[] zeros = new byte[4096];
    for (int at = end; at < whole; at += zeros.length) {
      to.write(zeros, 0, Math.min(zeros.length, whole - at));
    }
  }

  private ByteBuffer gap(Piece piece) {
    frame.seed(journal, number);
    frame.gap(piece.last, piece.size());
    ByteBuffer gap = ByteBuffer.allocateDirect(frame.size()).order(ByteOrder.LITTLE_ENDIAN);
    frame.put(gap, 0, piece.first);
    return gap;
  }
}
