// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** Files in a directory, mapped. Mappings end with the garbage collector. */
final class DirectoryStorage implements JournalStorage {

  private static final int PIECE = 64 << 10;

  private final Path directory;

  DirectoryStorage(Path directory) {
    this.directory = directory;
  }

  @Override
  public List<String> names() throws IOException {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths.map(path -> path.getFileName().toString()).toList();
    }
  }

  @Override
  public void write(String name, Content content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            path(name),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      content.writeTo(new Forced(channel));
      channel.force(true);
    }
  }

  @Override
  public JournalFile open(String name) throws IOException {
    return map(path(name), MapMode.READ_WRITE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @Override
  public JournalFile openToRead(String name) throws IOException {
    return map(path(name), MapMode.READ_ONLY, StandardOpenOption.READ);
  }

  private static JournalFile map(Path path, MapMode mode, StandardOpenOption... options)
      throws IOException {
    try (FileChannel channel = FileChannel.open(path, options)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw new IOException(path + " must have less than 2 GiB, got " + channel.size());
      }
      MappedByteBuffer buffer = channel.map(mode, 0, channel.size());
      buffer.order(ByteOrder.LITTLE_ENDIAN);
      return new Mapped(path, buffer);
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Path target = path(to);
    Path parent = directory(target);
    if (!parent.equals(directory)) {
      Files.createDirectories(parent);
      sync(directory);
    }
    Files.move(
        path(from), target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    if (!parent.equals(directory)) {
      sync(parent);
    }
  }

  @Override
  public void delete(String name) throws IOException {
    Files.delete(path(name));
  }

  @Override
  public void sync() throws IOException {
    sync(directory);
  }

  private Path path(String name) {
    return directory.resolve(name);
  }

  private static Path directory(Path file) {
    Path parent = file.getParent();
    return parent == null ? file : parent;
  }

  /** Makes names in a directory durable, where the system knows how (Windows does by itself). */
  static void sync(Path directory) throws IOException {
    if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private record Mapped(Path path, MappedByteBuffer buffer) implements JournalFile {

    @Override
    public void force(int from, int length) throws IOException {
      try {
        buffer.force(from, length);
      } catch (UncheckedIOException e) {
        throw new IOException(path + " could not be forced to the disk", e.getCause());
      }
    }

    @Override
    public int unreadable(int from, int end) throws IOException {
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
        ByteBuffer piece = ByteBuffer.allocateDirect(Math.min(PIECE, end - from));
        int at = from;
        int read = 0;
        while (at < end && read >= 0) {
          piece.clear().limit(Math.min(piece.capacity(), end - at));
          read = read(channel, piece, at);
          at += Math.max(0, read);
        }
        return at < end ? at : -1;
      } catch (NoSuchFileException e) {
        return -1; // another process deleted it: what is mapped stays, and is not needed any more
      }
    }

    private static int read(FileChannel channel, ByteBuffer piece, int at) throws IOException {
      try {
        return channel.read(piece, at);
      } catch (ClosedChannelException e) {
        throw e; // somebody wants this thread to end
      } catch (IOException e) {
        return -1;
      }
    }

    @Override
    public void close() {
      // The mapping goes with the buffer.
    }

    @Override
    public String toString() {
      return path.toString();
    }
  }

  /** Forces what was written whenever it is flushed. */
  private static final class Forced extends OutputStream {

    private final FileChannel channel;

    Forced(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      ByteBuffer rest = ByteBuffer.wrap(bytes, from, length);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
    }

    @Override
    public void flush() throws IOException {
      channel.force(false);
    }
  }
}
