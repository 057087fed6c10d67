// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a journal's records up to one of them come to. In the file {@code checkpoint}, which is
 * replaced as a whole; big-endian:
 *
 * <pre>
 * magic 8 | version 4 | journal id 16 | sequence 8 | sequence of the last event 8
 * number of sinks 4,  each: name | sent 8 | given up 1 | sealed 1 (| sink | first 8 | last 8)
 * number of states 4, each: name | length 8 | what it wrote
 * number of gaps 4,   each: first 8 | last 8                               from version 2 on
 * crc32c of all that 4
 * </pre>
 */
final class Checkpoint {

  static final String FILE = "checkpoint";

  private static final String MADE = "checkpoint.tmp";
  private static final long MAGIC = 0x4d434845434b5054L; // "MCHECKPT"
  private static final int VERSION = 2;
  private static final int CRC_BYTES = 4;

  private final JournalFile file;
  private final long sequence;
  private final long lastEvent;
  private final Map<String, SinkProgress> sinks = new HashMap<>();
  private final Map<String, ByteBuffer> states = new HashMap<>();
  private final List<JournalGap> gaps = new ArrayList<>();

  /** It is not as it was written. */
  static final class Unreadable extends IOException {

    private static final long serialVersionUID = 1L;

    Unreadable(String message) {
      super(message);
    }
  }

  private Checkpoint(JournalFile file, UUID journal) throws IOException {
    this.file = file;
    ByteBuffer bytes = file.buffer();
    if (file.unreadable(0, bytes.capacity()) >= 0) {
      throw new Unreadable(file + " is not given by the disk");
    }
    if (bytes.capacity() < CRC_BYTES || bytes.getInt(bytes.capacity() - CRC_BYTES) != crc(bytes)) {
      throw new Unreadable(file + " is damaged");
    }
    BufferInput raw = new BufferInput(bytes.slice(0, bytes.capacity() - CRC_BYTES));
    DataInputStream from = new DataInputStream(raw);
    long magic = from.readLong();
    int version = from.readInt();
    if (magic != MAGIC || version < 1 || version > VERSION) {
      throw new IOException(file + " is of version " + version + ", not up to " + VERSION);
    }
    UUID whose = new UUID(from.readLong(), from.readLong());
    if (!whose.equals(journal)) {
      throw new IOException(file + " belongs to journal " + whose + ", not to " + journal);
    }
    sequence = from.readLong();
    lastEvent = from.readLong();
    for (int i = from.readInt(); i > 0; i--) {
      sinks.put(from.readUTF(), SinkProgress.read(from));
    }
    for (int i = from.readInt(); i > 0; i--) {
      states.put(from.readUTF(), raw.take(from.readLong()));
    }
    for (int i = version == 1 ? 0 : from.readInt(); i > 0; i--) {
      gaps.add(new JournalGap(from.readLong(), from.readLong()));
    }
  }

  /**
   * Reads the one there is.
   *
   * @throws Unreadable if it is not as it was written
   * @throws IOException if it is another journal's, or of a later version
   */
  static @Nullable Checkpoint read(JournalStorage storage, UUID journal) throws IOException {
    return storage.names().contains(FILE)
        ? new Checkpoint(storage.openToRead(FILE), journal)
        : null;
  }

  private static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(0, bytes.capacity() - CRC_BYTES));
    return Integer.reverseBytes((int) crc.getValue());
  }

  /** Up to which record it knows all. */
  long sequence() {
    return sequence;
  }

  long lastEvent() {
    return lastEvent;
  }

  Map<String, SinkProgress> sinks() {
    return sinks;
  }

  List<JournalGap> gaps() {
    return gaps;
  }

  /** The same, to be written once more: its states are what they wrote. */
  Fold copy() throws IOException {
    List<JournalState> copies = new ArrayList<>();
    states.forEach((name, bytes) -> copies.add(new Written(name, bytes)));
    Fold fold = new Fold(copies);
    fold.restore(this);
    return fold;
  }

  /** A state as it was written. */
  private record Written(String name, ByteBuffer bytes) implements JournalState {

    @Override
    public JournalState fresh() {
      return this;
    }

    @Override
    public void event(long sequence, UsageEvent event) {}

    @Override
    public void write(DataOutput to) throws IOException {
      SegmentDirectory.copy(bytes, 0, bytes.capacity(), to);
    }

    @Override
    public void read(DataInput from) {}
  }

  /**
   * Restores a state, which is empty.
   *
   * @return whether it knows that state
   */
  boolean restore(JournalState state) throws IOException {
    ByteBuffer bytes = states.get(state.name());
    if (bytes == null) {
      return false;
    }
    try {
      state.read(new DataInputStream(new BufferInput(bytes.slice())));
      return true;
    } catch (IOException | RuntimeException e) {
      throw new IOException(
          "\""
              + state.name()
              + "\" cannot be restored from "
              + file
              + ": "
              + e.getMessage()
              + ". If no segment was deleted yet, moving that file away has it made anew",
          e);
    }
  }

  /**
   * Replaces the one there is; the name is not durable yet.
   *
   * @param sequence what the fold knows is what the records up to this one say
   * @param stop asked now and then whether to give up
   */
  static void write(JournalStorage storage, UUID journal, long sequence, Fold fold, Stop stop)
      throws IOException {
    storage.write(
        MADE,
        to -> {
          Summed summed = new Summed(to, stop);
          DataOutputStream all = new DataOutputStream(summed);
          all.writeLong(MAGIC);
          all.writeInt(VERSION);
          all.writeLong(journal.getMostSignificantBits());
          all.writeLong(journal.getLeastSignificantBits());
          all.writeLong(sequence);
          all.writeLong(fold.lastEvent());
          writeSinks(new TreeMap<>(fold.sinks()), all);
          all.writeInt(fold.states().size());
          for (JournalState state : fold.states()) {
            writeState(state, all, summed, stop);
          }
          all.writeInt(fold.gaps().size());
          for (JournalGap gap : fold.gaps()) {
            all.writeLong(gap.first());
            all.writeLong(gap.last());
          }
          all.flush();
          summed.end();
        });
    storage.rename(MADE, FILE);
  }

  private static void writeSinks(Map<String, SinkProgress> sinks, DataOutputStream to)
      throws IOException {
    to.writeInt(sinks.size());
    for (Map.Entry<String, SinkProgress> sink : sinks.entrySet()) {
      to.writeUTF(sink.getKey());
      sink.getValue().write(to);
    }
  }

  /** Twice: its length comes first, and it may be too large to be held. */
  private static void writeState(JournalState state, DataOutputStream to, Summed summed, Stop stop)
      throws IOException {
    Counted counted = new Counted(stop);
    state.write(new DataOutputStream(counted));
    to.writeUTF(state.name());
    to.writeLong(counted.length);
    long start = summed.length;
    state.write(to);
    if (summed.length - start != counted.length) {
      throw new IOException(
          "state \"" + state.name() + "\" wrote " + counted.length + " bytes, then others");
    }
  }

  /** Says that somebody waits for the end. */
  @FunctionalInterface
  interface Stop {

    boolean asked();

    default void check() throws IOException {
      if (asked()) {
        throw new IOException("the journal is being closed");
      }
    }
  }

  /** Counts what is written, and drops it. */
  private static final class Counted extends OutputStream {

    private final Stop stop;
    private long length;

    Counted(Stop stop) {
      this.stop = stop;
    }

    @Override
    public void write(int value) throws IOException {
      count(1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      count(count);
    }

    private void count(int more) throws IOException {
      long before = length;
      length += more;
      if (before >>> 16 != length >>> 16) {
        stop.check();
      }
    }
  }

  /** Buffers and counts what is written, and sums it up. */
  private static final class Summed extends OutputStream {

    private final OutputStream to;
    private final Stop stop;
    private final CRC32C crc = new CRC32C();
    private final byte[] buffer = new byte[64 << 10];
    private int used;
    private long length;

    Summed(OutputStream to, Stop stop) {
      this.to = to;
      this.stop = stop;
    }

    @Override
    public void write(int value) throws IOException {
      if (used == buffer.length) {
        drain();
      }
      buffer[used++] = (byte) value;
      length++;
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      int at = from;
      while (at < from + count) {
        if (used == buffer.length) {
          drain();
        }
        int part = Math.min(from + count - at, buffer.length - used);
        System.arraycopy(bytes, at, buffer, used, part);
        used += part;
        at += part;
      }
      length += count;
    }

    private void drain() throws IOException {
      stop.check();
      crc.update(buffer, 0, used);
      to.write(buffer, 0, used);
      used = 0;
    }

    void end() throws IOException {
      drain();
      to.write(ByteBuffer.allocate(CRC_BYTES).putInt((int) crc.getValue()).array());
      if (length > Integer.MAX_VALUE - CRC_BYTES) {
        throw new IOException("a checkpoint must have less than 2 GiB, got " + length + " bytes");
      }
    }
  }
}
