// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of a journal: {@code usage-0000000000000000001.journal} and so on. */
final class SegmentDirectory {

  private static final Pattern NAME = Pattern.compile("usage-(\\d{19})\\.journal");
  private static final int CHUNK = 1 << 20;

  private final Path directory;

  SegmentDirectory(Path directory) {
    this.directory = directory;
  }

  Path path() {
    return directory;
  }

  /** Segments by number. A name that only resembles one is refused: it may hold usage. */
  NavigableMap<Long, Path> files() throws IOException {
    TreeMap<Long, Path> files = new TreeMap<>();
    try (Stream<Path> paths = Files.list(directory)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        String name = path.getFileName().toString();
        Matcher matcher = NAME.matcher(name);
        if (matcher.matches()) {
          files.put(Long.parseLong(matcher.group(1)), path);
        } else if (name.endsWith(".journal")) {
          throw new JournalDamagedException(path, "its name is no segment's");
        }
      }
    }
    return files;
  }

  /**
   * Makes a segment of zeros that are really on the disk. It gets its name only when it is whole.
   *
   * @param between run between pieces of the work, for it takes long
   */
  Segment create(UUID journal, long number, int size, Runnable between) throws IOException {
    Path made = directory.resolve("next.tmp");
    Path file = directory.resolve("usage-%019d.journal".formatted(number));
    try (FileChannel channel =
        FileChannel.open(
            made,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      write(channel, Segment.identity(journal, number, size));
      ByteBuffer zeros = ByteBuffer.allocateDirect(Math.min(CHUNK, size));
      while (channel.position() < size) {
        zeros.clear().limit((int) Math.min(zeros.capacity(), size - channel.position()));
        write(channel, zeros);
        channel.force(false);
        between.run();
      }
      channel.force(true);
    }
    Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
    sync(directory);
    return Segment.map(file, MapMode.READ_WRITE);
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Makes names in a directory durable, where the system knows how (Windows does by itself). */
  static void sync(Path directory) throws IOException {
    if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
