// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What happens to an outbox, as it is written down. Later versions read what earlier ones wrote.
 */
sealed interface OutboxEntry {

  /**
   * Use in a window.
   *
   * @param second when the last of the units was used
   * @param unsold units in tiers that are not sold, which are not reported
   */
  record Use(UsageWindow window, long units, long second, long unsold) {

    void write(DataOutput to) throws IOException {
      OutboxItem.write(window, to);
      to.writeLong(units);
      to.writeLong(second);
      to.writeLong(unsold);
    }

    static Use read(DataInput from) throws IOException {
      return new Use(
          OutboxItem.readWindow(from), from.readLong(), from.readLong(), from.readLong());
    }
  }

  /**
   * A batch of the journal, or a part of it: it counts when all parts are there.
   *
   * @param last sequence that the batch ends with
   * @param attempt who writes this batch: parts of one attempt belong together
   * @param part from 0
   * @param ends whether it is the last part
   */
  record Folded(UUID journal, long last, UUID attempt, int part, boolean ends, List<Use> uses)
      implements OutboxEntry {

    public Folded {
      uses = List.copyOf(uses);
    }
  }

  /**
   * All use so far, of windows that begin before a second, is cut into items.
   *
   * @param at when that was said, in seconds since the epoch
   * @param customer of whom; empty: of all
   */
  record Sealed(long before, long at, String customer) implements OutboxEntry {}

  /**
   * What becomes of an item.
   *
   * @param second when, in seconds since the epoch
   * @param reason why it is put aside; of what is released, which issue of it is meant, so that
   *     nobody releases it a second time. Earlier versions did not say that
   */
  record Moved(Fate fate, long number, long second, String reason) implements OutboxEntry {}

  /** What became of an item. */
  enum Fate {
    /** Stripe may get it from now on. */
    TRIED(1),
    /** It certainly has not got it so far. */
    UNTRIED(2),
    /** It has it. */
    ARRIVED(3),
    /** It is put aside, for somebody to look at. */
    PARKED(4),
    /** It is no longer put aside, or has not arrived after all, and goes under a new identifier. */
    RELEASED(5),
    /** It has not arrived, and goes under a new identifier. */
    REISSUED(6),
    /** It is not to be reported. */
    DROPPED(7);

    private final int code;

    Fate(int code) {
      this.code = code;
    }

    static Fate of(int code) {
      for (Fate fate : values()) {
        if (fate.code == code) {
          return fate;
        }
      }
      throw new IllegalArgumentException("fate " + code + " is of a later version");
    }
  }

  /** As bytes. */
  default byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream to = new DataOutputStream(bytes)) {
      to.writeByte(OutboxState.MARK);
      if (this instanceof Folded folded) {
        write(folded, to);
      } else if (this instanceof Sealed sealed) {
        to.writeByte(2);
        to.writeLong(sealed.before);
        to.writeLong(sealed.at);
        to.writeUTF(sealed.customer);
      } else if (this instanceof Moved moved) {
        write(moved, to);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(Folded folded, DataOutputStream to) throws IOException {
    to.writeByte(1);
    to.writeLong(folded.journal.getMostSignificantBits());
    to.writeLong(folded.journal.getLeastSignificantBits());
    to.writeLong(folded.last);
    to.writeLong(folded.attempt.getMostSignificantBits());
    to.writeLong(folded.attempt.getLeastSignificantBits());
    to.writeInt(folded.part);
    to.writeBoolean(folded.ends);
    to.writeInt(folded.uses.size());
    for (Use use : folded.uses) {
      use.write(to);
    }
  }

  private static void write(Moved moved, DataOutputStream to) throws IOException {
    to.writeByte(3);
    to.writeByte(moved.fate.code);
    to.writeLong(moved.number);
    to.writeLong(moved.second);
    to.writeUTF(moved.reason);
  }

  /**
   * From bytes.
   *
   * @throws IllegalArgumentException if they are none, or of a later version
   */
  static OutboxEntry of(byte[] bytes) {
    try (DataInputStream from = new DataInputStream(new ByteArrayInputStream(bytes))) {
      from.readByte();
      int kind = from.readByte();
      return switch (kind) {
        case 1 -> folded(from);
        case 2 -> new Sealed(from.readLong(), from.readLong(), from.readUTF());
        case 3 ->
            new Moved(Fate.of(from.readByte()), from.readLong(), from.readLong(), from.readUTF());
        default ->
            throw new IllegalArgumentException("outbox entry " + kind + " is of a later version");
      };
    } catch (IOException e) {
      throw new IllegalArgumentException("an outbox entry ends within a field", e);
    }
  }

  private static Folded folded(DataInputStream from) throws IOException {
    UUID journal = new UUID(from.readLong(), from.readLong());
    long last = from.readLong();
    UUID attempt = new UUID(from.readLong(), from.readLong());
    int part = from.readInt();
    boolean ends = from.readBoolean();
    List<Use> uses = new ArrayList<>();
    for (int left = from.readInt(); left > 0; left--) {
      uses.add(Use.read(from));
    }
    return new Folded(journal, last, attempt, part, ends, uses);
  }
}
