// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * When those events were of which something may not have been told: read from the journal's notes
 * that all has been told, and the events behind them.
 *
 * <p>A thread may stand between the event that it has written and telling of it. So such a note is
 * taken to speak of what was written before the note before it, but for the one that a process
 * writes at its end. Until there is a first note, nobody was to be told. Not thread-safe.
 */
final class UntoldEvents {

  private Span former = new Span();
  private Span latest = new Span();
  private boolean begun;

  /** From the first of some moments to the last. */
  private static final class Span {

    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;

    void add(long nanos) {
      first = Math.min(first, nanos);
      last = Math.max(last, nanos);
    }

    Span and(Span other) {
      Span both = new Span();
      both.first = Math.min(first, other.first);
      both.last = Math.max(last, other.last);
      return both;
    }

    void write(DataOutput to) throws IOException {
      to.writeLong(first);
      to.writeLong(last);
    }

    static Span read(DataInput from) throws IOException {
      Span span = new Span();
      span.first = from.readLong();
      span.last = from.readLong();
      return span;
    }
  }

  void event(long nanos) {
    if (begun) {
      latest.add(nanos);
    }
  }

  /**
   * All has been told.
   *
   * @param ended whether of all there is, at a process's end
   */
  void told(boolean ended) {
    former = ended ? new Span() : latest;
    latest = new Span();
    begun = true;
  }

  /** From the first such event, if it is not before a moment, to the last; if there is one. */
  Optional<Untold> since(Instant oldest) {
    Span all = former.and(latest);
    Instant last = Instant.EPOCH.plusNanos(all.last);
    if (all.first > all.last || last.isBefore(oldest)) {
      return Optional.empty();
    }
    Instant first = Instant.EPOCH.plusNanos(all.first);
    return Optional.of(new Untold(first.isBefore(oldest) ? oldest : first, last));
  }

  void write(DataOutput to) throws IOException {
    to.writeBoolean(begun);
    former.write(to);
    latest.write(to);
  }

  void read(DataInput from) throws IOException {
    begun = from.readBoolean();
    former = Span.read(from);
    latest = Span.read(from);
  }
}
