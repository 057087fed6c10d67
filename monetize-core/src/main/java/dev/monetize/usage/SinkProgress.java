// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a sink is: what its marks in the journal come to, taken one after the other in their
 * order.
 *
 * @param sent everything up to this sequence is done with, but for what is parked
 * @param sealed the batch that was cut and is not known to have arrived, if any
 * @param givenUp whether nothing is owed to it
 * @param parked ranges up to {@code sent} that it refused for good, in the order they were parked
 */
public record SinkProgress(
    long sent, @Nullable SinkMark sealed, boolean givenUp, List<SinkMark> parked) {

  /** Of a sink that no mark is about. */
  public static final SinkProgress NEW = new SinkProgress(0, null, false);

  public SinkProgress {
    parked = List.copyOf(parked);
  }

  SinkProgress(long sent, @Nullable SinkMark sealed, boolean givenUp) {
    this(sent, sealed, givenUp, List.of());
  }

  /** What it is after one more mark. */
  public SinkProgress after(SinkMark mark) {
    return switch (mark.kind()) {
      case SEALED -> new SinkProgress(sent, mark, false, parked);
      case SENT ->
          arrived(mark) ? without(mark) : new SinkProgress(mark.last(), null, false, parked);
      case PARKED -> {
        List<SinkMark> all = new ArrayList<>(without(mark).parked);
        all.add(mark);
        yield new SinkProgress(
            Math.max(sent, mark.last()), arrived(mark) ? sealed : null, false, all);
      }
      case GIVEN_UP -> arrived(mark) ? without(mark) : new SinkProgress(mark.last(), null, true);
    };
  }

  /** First sequence that may still be asked for; none if it was given up. */
  public long needed() {
    if (givenUp) {
      return Long.MAX_VALUE;
    }
    long needed = sent + 1;
    for (SinkMark mark : parked) {
      needed = Math.min(needed, mark.first());
    }
    return needed;
  }

  /**
   * The same in a journal that begins with a sequence, because what was before it was deleted: a
   * sink that has got less goes on from there.
   */
  public SinkProgress from(long first) {
    return sealed == null && sent < first - 1
        ? new SinkProgress(first - 1, null, givenUp, parked)
        : this;
  }

  @Nullable SinkMark parked(long first, long last) {
    for (SinkMark mark : parked) {
      if (mark.first() == first && mark.last() == last) {
        return mark;
      }
    }
    return null;
  }

  /** Whether a mark is about a range that the sink is past, one that was parked. */
  private boolean arrived(SinkMark mark) {
    return mark.first() <= sent;
  }

  private SinkProgress without(SinkMark mark) {
    List<SinkMark> rest = new ArrayList<>(parked);
    rest.removeIf(mark::sameRange);
    return new SinkProgress(sent, sealed, givenUp, rest);
  }

  void write(DataOutput to) throws IOException {
    to.writeLong(sent);
    to.writeBoolean(givenUp);
    to.writeBoolean(sealed != null);
    if (sealed != null) {
      sealed.write(to);
    }
    to.writeInt(parked.size());
    for (SinkMark mark : parked) {
      mark.write(to);
    }
  }

  static SinkProgress read(DataInput from) throws IOException {
    long sent = from.readLong();
    boolean givenUp = from.readBoolean();
    SinkMark sealed = from.readBoolean() ? SinkMark.read(SinkMark.Kind.SEALED, from) : null;
    List<SinkMark> parked = new ArrayList<>();
    for (int left = from.readInt(); left > 0; left--) {
      parked.add(SinkMark.read(SinkMark.Kind.PARKED, from));
    }
    return new SinkProgress(sent, sealed, givenUp, parked);
  }
}
