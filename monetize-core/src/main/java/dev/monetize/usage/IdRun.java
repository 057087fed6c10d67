// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Identities in a file, sorted and mapped. Hashes are spread evenly, so that a search begins next
 * to where it ends. Immutable and thread-safe.
 *
 * <p>The file is room, not memory: nobody reads it after a restart, so it is never synced, and it
 * loses its name at once where the system can do that.
 */
final class IdRun {

  /** Bytes of an entry: the identity and the check. */
  private static final int ENTRY = 16 + 4;

  private final MappedByteBuffer entries;
  private final int size;

  private IdRun(MappedByteBuffer entries) {
    this.entries = entries;
    this.size = entries.capacity() / ENTRY;
  }

  static IdRun write(Path file, IdTable table) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      Writer writer = new Writer(channel);
      table.forEachSorted(writer);
      writer.flush();
      return new IdRun(channel.map(MapMode.READ_ONLY, 0, channel.size()));
    } finally {
      delete(file);
    }
  }

  /** Where a mapped file cannot be deleted, the next start does it. */
  static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      file.toFile().deleteOnExit();
    }
  }

  int size() {
    return size;
  }

  /** The check of an identity, or -1 if it is not there. */
  long find(long high, long low) {
    int guess = (int) (((high >>> 32) * size) >>> 32);
    int from = guess;
    for (int step = 16; from > 0 && compare(from, high, low) > 0; step *= 4) {
      from = Math.max(0, from - step);
    }
    int to = guess;
    for (int step = 16; to < size && compare(to, high, low) < 0; step *= 4) {
      to = Math.min(size, to + step);
    }
    return search(from, Math.min(to, size - 1), high, low);
  }

  private long search(int first, int last, long high, long low) {
    int from = first;
    int to = last;
    while (from <= to) {
      int middle = (from + to) >>> 1;
      int order = compare(middle, high, low);
      if (order == 0) {
        return entries.getInt(middle * ENTRY + 16) & 0xffffffffL;
      }
      if (order < 0) {
        from = middle + 1;
      } else {
        to = middle - 1;
      }
    }
    return -1;
  }

  private int compare(int index, long high, long low) {
    int order = Long.compareUnsigned(entries.getLong(index * ENTRY), high);
    return order != 0 ? order : Long.compareUnsigned(entries.getLong(index * ENTRY + 8), low);
  }

  void forEach(IdTable.Each each) throws IOException {
    for (int at = 0; at < entries.capacity(); at += ENTRY) {
      each.id(entries.getLong(at), entries.getLong(at + 8), entries.getInt(at + 16));
    }
  }

  /** Writes through a buffer. */
  private static final class Writer implements IdTable.Each {

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(ENTRY * 4096);

    Writer(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public void id(long high, long low, int check) throws IOException {
      if (!buffer.hasRemaining()) {
        flush();
      }
      buffer.putLong(high).putLong(low).putInt(check);
    }

    void flush() throws IOException {
      buffer.flip();
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      buffer.clear();
    }
  }
}
