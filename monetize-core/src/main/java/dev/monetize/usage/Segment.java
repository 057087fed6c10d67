// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * One file of the journal, mapped or the like. Little-endian:
 *
 * <pre>
 *  0 magic 8 | version 4 | file size 4 | journal id 16 | number 8 | crc 8    durable before the file has its name
 * 48 base sequence 8 | crc 8                                                 0 until the first record
 * 64 synced offset 4 | crc 4                                                 what lies before it has been fsynced
 * 72 records, then zeros to the end
 * </pre>
 *
 * <p>The checks of the second and third line are seeded with the first's.
 */
final class Segment {

  static final int HEADER = 72;
  static final int BASE = 48;

  /** Views a buffer's bytes as an int, to publish a record with. */
  static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long MAGIC = 0x4c414e52554f4a4dL; // "MJOURNAL"
  private static final int VERSION = 1;
  private static final int IDENTITY_CRC = 40;
  private static final int SYNCED = 64;

  private final String name;
  private final JournalFile file;
  private final ByteBuffer buffer;

  private Segment(String name, JournalFile file) {
    this.name = name;
    this.file = file;
    this.buffer = file.buffer();
  }

  /** The segment in a file, which is checked to hold one. */
  static Segment of(String name, JournalFile file) throws IOException {
    LegibleFile.check(file, Math.min(HEADER, file.buffer().capacity()));
    Segment segment = new Segment(name, file);
    if (segment.size() < HEADER) {
      throw JournalDamagedException.lost(
          file, "its size, " + segment.size() + " bytes, is no segment's");
    }
    segment.checkIdentity();
    return segment;
  }

  /** The segment in a file, which may be damaged but has a header. */
  static Segment unchecked(String name, JournalFile file) {
    return new Segment(name, file);
  }

  /**
   * Whether the header is as it was written.
   *
   * @throws JournalDamagedException if it is, but of a later version
   */
  boolean isWhole() throws IOException {
    try {
      of(name, file);
      return true;
    } catch (JournalDamagedException e) {
      if (!e.isLoss()) {
        throw e;
      }
      return false;
    }
  }

  /** One whose file is missing. */
  static Segment missing(long number) {
    String name = SegmentDirectory.name(number);
    return new Segment(name, new Missing(name, ByteBuffer.allocateDirect(0)));
  }

  private record Missing(String name, ByteBuffer buffer) implements JournalFile {

    @Override
    public void force(int from, int length) {}

    @Override
    public void close() {}
  }

  /** The first bytes of a segment that holds durable records. */
  static byte[] header(UUID journal, long number, int size, long base, int end) {
    ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
    header.put(identity(journal, number, size));
    long identity = header.getLong(IDENTITY_CRC);
    header.putLong(base).putLong(crcOf(identity, base));
    return header.putLong(syncedWord(identity, end)).array();
  }

  /** A new segment's first bytes. */
  static ByteBuffer identity(UUID journal, long number, int size) {
    ByteBuffer header = ByteBuffer.allocate(BASE).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(MAGIC).putInt(VERSION).putInt(size);
    header.putLong(journal.getMostSignificantBits()).putLong(journal.getLeastSignificantBits());
    header.putLong(number);
    CRC32C crc = new CRC32C();
    crc.update(header.array(), 0, IDENTITY_CRC);
    return header.putLong(crc.getValue()).flip();
  }

  private void checkIdentity() throws JournalDamagedException {
    if (buffer.getLong(0) != MAGIC) {
      throw JournalDamagedException.lost(file, 0, "this is no segment of a journal");
    }
    CRC32C crc = new CRC32C();
    crc.update(buffer.slice(0, IDENTITY_CRC));
    if (buffer.getLong(IDENTITY_CRC) != crc.getValue()) {
      throw JournalDamagedException.lost(file, 0, "the header is damaged");
    }
    if (buffer.getInt(8) != VERSION) {
      throw JournalDamagedException.refused(
          file, "version must be " + VERSION + ", got " + buffer.getInt(8) + " (a later one?)");
    }
    if (buffer.getInt(12) != buffer.capacity()) {
      throw JournalDamagedException.lost(
          file, "it must have " + buffer.getInt(12) + " bytes, but has " + buffer.capacity());
    }
    if (!knowsSynced()) {
      throw JournalDamagedException.lost(file, SYNCED, "the header is damaged");
    }
  }

  /** Whether the synced offset is readable. */
  boolean knowsSynced() {
    long synced = buffer.getLong(SYNCED);
    return synced == 0 || synced == syncedWord((int) synced);
  }

  /** Name of its file. */
  String name() {
    return name;
  }

  /** Its file, for messages. */
  JournalFile file() {
    return file;
  }

  ByteBuffer buffer() {
    return buffer;
  }

  int size() {
    return buffer.capacity();
  }

  UUID journal() {
    return new UUID(buffer.getLong(16), buffer.getLong(24));
  }

  long number() {
    return buffer.getLong(32);
  }

  /** Sequence of its first record, 0 as long as there is none, -1 if that is unreadable. */
  long base() {
    long base = buffer.getLong(BASE);
    long check = buffer.getLong(BASE + 8);
    if (base == 0 && check == 0) {
      return 0;
    }
    return base > 0 && check == crcOf(base) ? base : -1;
  }

  /** Makes it the segment that is written, from a sequence on. */
  void begin(long base) {
    buffer.putLong(BASE, base);
    LONG.setRelease(buffer, BASE + 8, crcOf(base));
  }

  /** Offset before which everything is durable. */
  int synced() {
    return (int) buffer.getLong(SYNCED);
  }

  /** Makes durable what lies before an offset, and remembers that it is. */
  void sync(int offset) throws IOException {
    int from = synced();
    if (from == offset) {
      return;
    }
    file.force(from, offset - from);
    LONG.setRelease(buffer, SYNCED, syncedWord(offset));
  }

  /**
   * Makes durable, up to an offset, what an earlier process wrote. The system may hold it as
   * written although that failed; so it is written once more.
   */
  void syncAgain(int offset) throws IOException {
    int from = Math.min(synced(), offset);
    byte[] bytes = new byte[Math.min(8192, offset - from)];
    for (int at = from; at < offset; at += bytes.length) {
      int length = Math.min(bytes.length, offset - at);
      buffer.get(at, bytes, 0, length);
      buffer.put(at, bytes, 0, length);
    }
    sync(offset);
    syncHeader();
  }

  /** Makes the header durable too. */
  void syncHeader() throws IOException {
    file.force(0, HEADER);
  }

  private long syncedWord(int offset) {
    return syncedWord(buffer.getLong(IDENTITY_CRC), offset);
  }

  private static long syncedWord(long identity, int offset) {
    return (crcOf(identity, offset) << 32) | offset;
  }

  private long crcOf(long value) {
    return crcOf(buffer.getLong(IDENTITY_CRC), value);
  }

  private static long crcOf(long identity, long value) {
    CRC32C crc = new CRC32C();
    ByteBuffer words = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    words.putLong(0, identity).putLong(8, value);
    crc.update(words);
    return crc.getValue();
  }

  /** Offset behind the last byte that is not 0, looking from an offset on. */
  int writtenEnd(int from) {
    return writtenEnd(buffer, from);
  }

  static int writtenEnd(ByteBuffer in, int from) {
    int end = in.capacity();
    while (end - Long.BYTES >= from && in.getLong(end - Long.BYTES) == 0) {
      end -= Long.BYTES;
    }
    while (end > from && in.get(end - 1) == 0) {
      end--;
    }
    return end;
  }

  /** Puts zeros from an offset to the end, durably. */
  void clear(int from) throws IOException {
    byte[] zeros = new byte[Math.min(8192, size() - from)];
    for (int at = from; at < size(); at += zeros.length) {
      buffer.put(at, zeros, 0, Math.min(zeros.length, size() - at));
    }
    file.force(0, size());
  }
}
