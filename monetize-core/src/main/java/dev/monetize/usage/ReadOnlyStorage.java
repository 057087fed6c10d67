// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The files of a journal, to look at: what a start would change is changed in copies in memory, so
 * that the code that would run then can be run, and nothing is touched. An app may go on writing
 * meanwhile.
 */
final class ReadOnlyStorage implements JournalStorage {

  private final Path directory;
  private final JournalStorage files;

  ReadOnlyStorage(Path directory) {
    this.directory = directory;
    this.files = JournalStorage.directory(directory);
  }

  @Override
  public List<String> names() throws IOException {
    return files.names();
  }

  @Override
  public JournalFile open(String name) throws IOException {
    Path path = directory.resolve(name);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer copy = ByteBuffer.allocateDirect(Math.toIntExact(channel.size()));
      while (copy.hasRemaining() && channel.read(copy) >= 0) {
        // until it is whole
      }
      return new Copy(path, copy.clear().order(ByteOrder.LITTLE_ENDIAN));
    }
  }

  @Override
  public JournalFile openToRead(String name) throws IOException {
    return files.openToRead(name);
  }

  @Override
  public void write(String name, Content content) {}

  @Override
  public void rename(String from, String to) {}

  @Override
  public void delete(String name) {}

  @Override
  public void sync() {}

  private record Copy(Path path, ByteBuffer buffer) implements JournalFile {

    @Override
    public void force(int from, int length) {}

    @Override
    public void close() {}

    @Override
    public String toString() {
      return path.toString();
    }
  }
}
