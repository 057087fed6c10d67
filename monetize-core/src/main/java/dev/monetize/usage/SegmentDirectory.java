// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The segments of a journal: {@code usage-0000000000000000001.journal} and so on. */
final class SegmentDirectory {

  private static final String BEGINNING = "usage-0";
  private static final String ENDING = ".journal";
  private static final int DIGITS = 18;
  private static final String MADE = "next.tmp";
  private static final String QUARANTINE = "quarantine/";
  private static final int PIECE = 64 << 10;
  private static final int FORCED = 1 << 20;

  /** Is there while a torn tail is being cut off. */
  private static final String CUTTING = "cutting";

  private final JournalStorage storage;

  SegmentDirectory(JournalStorage storage) {
    this.storage = storage;
  }

  static String name(long number) {
    return "usage-%019d.journal".formatted(number);
  }

  /** Segments by number. A name that only resembles one is refused: it may hold usage. */
  NavigableMap<Long, String> files() throws IOException {
    List<String> strays = new ArrayList<>();
    NavigableMap<Long, String> files = files(strays);
    if (!strays.isEmpty()) {
      throw JournalDamagedException.lost(strays.get(0), "its name is no segment's");
    }
    return files;
  }

  /**
   * Segments by number.
   *
   * @param strays takes the names that only resemble one
   */
  NavigableMap<Long, String> files(List<String> strays) throws IOException {
    TreeMap<Long, String> files = new TreeMap<>();
    for (String name : storage.names()) {
      if (name.endsWith(ENDING)) {
        long number = number(name);
        if (number < 0) {
          strays.add(name);
        } else {
          files.put(number, name);
        }
      }
    }
    return files;
  }

  /** Number of the segment of a name, -1 if it only resembles one. */
  private static long number(String name) {
    int end = BEGINNING.length() + DIGITS;
    if (name.length() != end + ENDING.length() || !name.startsWith(BEGINNING)) {
      return -1;
    }
    long number = 0;
    for (int i = BEGINNING.length(); i < end; i++) {
      int digit = name.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = 10 * number + digit;
    }
    return number;
  }

  /** Opens a segment to write it. */
  Segment open(String name) throws IOException {
    return Segment.of(name, storage.open(name));
  }

  /** Opens a segment to read it. */
  Segment openToRead(String name) throws IOException {
    return Segment.of(name, storage.openToRead(name));
  }

  /**
   * Makes a segment of zeros that are really on the disk. It gets its name only when it is whole.
   */
  Segment create(UUID journal, long number, int size) throws IOException {
    put(
        number,
        to -> {
          byte[] piece = new byte[Math.min(PIECE, size)];
          Segment.identity(journal, number, size).get(piece, 0, Segment.BASE);
          for (int at = 0; at < size; at += piece.length) {
            to.write(piece, 0, Math.min(piece.length, size - at));
            if (at == 0) {
              piece = new byte[piece.length];
            }
            if ((at + piece.length) % FORCED == 0) {
              to.flush();
            }
          }
        });
    return open(name(number));
  }

  /** Makes a segment, or another in place of that of the number. */
  void put(long number, JournalStorage.Content content) throws IOException {
    storage.write(MADE, content);
    storage.rename(MADE, name(number));
    storage.sync();
  }

  /**
   * Keeps a file's bytes in {@code quarantine/}, those that the disk gives, durably, under a name
   * that nothing else has; if the same bytes are there already, which may not be durable, they are
   * written once more.
   *
   * @return the name
   */
  String quarantine(String name) throws IOException {
    ByteBuffer bytes = LegibleFile.of(storage.openToRead(name)).buffer();
    String target = QUARANTINE + name;
    ByteBuffer there = there(target);
    for (int i = 2; there != null && !there.equals(bytes); i++) {
      target = QUARANTINE + name + "." + i;
      there = there(target);
    }
    storage.write(MADE, to -> copy(bytes, 0, bytes.capacity(), new DataOutputStream(to)));
    storage.rename(MADE, target);
    storage.sync();
    return target;
  }

  /** Moves a file to {@code quarantine/}. */
  String moveToQuarantine(String name) throws IOException {
    String target = quarantine(name);
    storage.delete(name);
    storage.sync();
    return target;
  }

  private @Nullable ByteBuffer there(String name) throws IOException {
    try {
      return LegibleFile.of(storage.openToRead(name)).buffer();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  static void copy(ByteBuffer bytes, int from, int end, DataOutput to) throws IOException {
    byte[] piece = new byte[Math.min(PIECE, end - from)];
    for (int at = from; at < end; at += piece.length) {
      int length = Math.min(piece.length, end - at);
      bytes.get(at, piece, 0, length);
      to.write(piece, 0, length);
    }
  }

  /**
   * Whether a tail was being cut off when an earlier opener failed. Then zeros that are read may be
   * in memory only: a failed fsync leaves them there, and the tail on the disk.
   */
  boolean isCutting() throws IOException {
    return storage.names().contains(CUTTING);
  }

  /** Says durably that a tail is being cut off. */
  void beginCutting() throws IOException {
    storage.write(CUTTING, to -> {});
    storage.sync();
  }

  void endCutting() throws IOException {
    storage.delete(CUTTING);
    storage.sync();
  }
}
