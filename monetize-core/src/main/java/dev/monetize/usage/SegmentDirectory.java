// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The segments of a journal: {@code usage-0000000000000000001.journal} and so on. */
final class SegmentDirectory {

  private static final Pattern NAME = Pattern.compile("usage-(\\d{19})\\.journal");
  private static final String MADE = "next.tmp";
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
    TreeMap<Long, String> files = new TreeMap<>();
    for (String name : storage.names()) {
      Matcher matcher = NAME.matcher(name);
      if (matcher.matches()) {
        files.put(Long.parseLong(matcher.group(1)), name);
      } else if (name.endsWith(".journal")) {
        throw new JournalDamagedException(name, "its name is no segment's");
      }
    }
    return files;
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
   *
   * @param between run between pieces of the work, for it takes long
   */
  Segment create(UUID journal, long number, int size, Runnable between) throws IOException {
    storage.write(
        MADE,
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
              between.run();
            }
          }
        });
    String name = name(number);
    storage.rename(MADE, name);
    storage.sync();
    return open(name);
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
