// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * What a journal's records come to, taken one after the other: {@link JournalState}s, and how far
 * sinks are. For journals of an own make: what it is opened with, kept up with, and saved as. Not
 * thread-safe.
 */
public final class JournalFold {

  private final Fold fold;

  /**
   * Of empty states.
   *
   * @throws IllegalArgumentException if two have the same name
   */
  public JournalFold(List<JournalState> states) {
    this(new Fold(states));
  }

  private JournalFold(Fold fold) {
    this.fold = fold;
  }

  /** The same, empty. */
  public JournalFold fresh() {
    return new JournalFold(fold.fresh());
  }

  /**
   * The first record that is still to be taken: behind what it was read from and has taken; of a
   * state that was not saved by then, the first there is.
   */
  public long next() {
    return fold.next();
  }

  /** Sequence of the last event, 0 if there was none. */
  public long lastEvent() {
    return fold.lastEvent();
  }

  /** How far sinks are, by name. */
  public Map<String, SinkProgress> sinks() {
    return Map.copyOf(fold.sinks());
  }

  /** Takes a record; one that it knows is passed over. */
  public void take(long sequence, JournalRecord record) {
    fold.record(sequence, record);
  }

  /**
   * Writes all of it.
   *
   * @param sequence what it knows is what the records up to this one say
   */
  public void write(UUID journal, long sequence, OutputStream to) throws IOException {
    Checkpoint.write(new OneFile(to, ByteBuffer.allocate(0)), journal, sequence, fold, () -> false);
  }

  /**
   * Takes what {@link #write} wrote, into an empty one.
   *
   * @throws IOException if it is not as it was written, another journal's, or of a later version
   */
  public void read(UUID journal, byte[] written) throws IOException {
    Checkpoint checkpoint =
        Checkpoint.read(
            new OneFile(OutputStream.nullOutputStream(), ByteBuffer.wrap(written)), journal);
    fold.restore(Objects.requireNonNull(checkpoint));
  }

  /** A storage of what is written to one place, or read from another. */
  private record OneFile(OutputStream to, ByteBuffer written) implements JournalStorage {

    @Override
    public List<String> names() {
      return List.of(Checkpoint.FILE);
    }

    @Override
    public void write(String name, Content content) throws IOException {
      content.writeTo(to);
      to.flush();
    }

    @Override
    public JournalFile open(String name) {
      return openToRead(name);
    }

    @Override
    public JournalFile openToRead(String name) {
      ByteBuffer bytes = written.duplicate().order(ByteOrder.LITTLE_ENDIAN);
      return new JournalFile() {
        @Override
        public ByteBuffer buffer() {
          return bytes;
        }

        @Override
        public void force(int from, int length) {}

        @Override
        public void close() {}

        @Override
        public String toString() {
          return name;
        }
      };
    }

    @Override
    public void rename(String from, String to) {}

    @Override
    public void delete(String name) {}

    @Override
    public void sync() {}
  }
}
