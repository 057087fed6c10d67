// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The bytes of a journal, to be hurt and put back. */
final class JournalFiles {

  static final int SYNCED = 64;

  private final Path directory;
  private final Map<Path, byte[]> content = new TreeMap<>();

  private JournalFiles(Path directory) {
    this.directory = directory;
  }

  static JournalFiles of(Path directory) throws IOException {
    JournalFiles files = new JournalFiles(directory);
    try (Stream<Path> paths = Files.list(directory)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        if (path.toString().endsWith(".journal")) {
          files.content.put(path, Files.readAllBytes(path));
        }
      }
    }
    return files;
  }

  List<Path> paths() {
    return new ArrayList<>(content.keySet());
  }

  byte[] bytes(int segment) {
    return content.get(paths().get(segment)).clone();
  }

  /** As if no fsync had ever returned. */
  JournalFiles neverSynced() {
    content.values().forEach(bytes -> ByteBuffer.wrap(bytes).putLong(SYNCED, 0));
    return this;
  }

  boolean same() throws IOException {
    for (Map.Entry<Path, byte[]> file : content.entrySet()) {
      if (!Arrays.equals(file.getValue(), Files.readAllBytes(file.getKey()))) {
        return false;
      }
    }
    return true;
  }

  void restore() throws IOException {
    for (Map.Entry<Path, byte[]> file : content.entrySet()) {
      overwrite(file.getKey(), file.getValue());
    }
  }

  void write(int segment, byte[] bytes) throws IOException {
    overwrite(paths().get(segment), bytes);
  }

  /** In place: some file systems go to the disk when a file is cut to nothing and written again. */
  static void overwrite(Path file, byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), 0);
      if (channel.size() > bytes.length) {
        channel.truncate(bytes.length);
      }
    }
  }

  /** Where each record of a segment ends. */
  List<Integer> recordEnds(int segment) {
    ByteBuffer bytes = ByteBuffer.wrap(bytes(segment)).order(ByteOrder.LITTLE_ENDIAN);
    List<Integer> ends = new ArrayList<>();
    int at = Segment.HEADER;
    while (at + 4 <= bytes.capacity() && bytes.getInt(at) != 0) {
      at += (8 + bytes.getInt(at) + 7) / 8 * 8;
      ends.add(at);
    }
    return ends;
  }

  /** Reads the journal without opening it for appending. */
  List<UsageEvent> recover() throws IOException {
    List<UsageEvent> events = new ArrayList<>();
    new Recovery(new Fold(List.of(Replay.state((sequence, event) -> events.add(event)))))
        .run(new SegmentDirectory(JournalStorage.directory(directory)));
    return events;
  }

  static List<UsageEvent> replay(Path directory) {
    List<UsageEvent> events = new ArrayList<>();
    try {
      FileUsageJournal.openWith(directory, 4096, (sequence, event) -> events.add(event)).close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return events;
  }
}
