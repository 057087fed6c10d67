// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One writer per directory, over all processes of the machine. */
final class DirectoryLock {

  /**
   * Directories locked by this process. The system's lock does not keep out a second opener of the
   * same process, and closing any channel to the file would release it.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  static DirectoryLock take(Path directory) throws IOException {
    Path real = directory.toRealPath();
    if (!HELD.add(real)) {
      throw inUse(real, "this process");
    }
    try {
      return new DirectoryLock(real, lock(real));
    } catch (Throwable failure) {
      HELD.remove(real);
      throw failure;
    }
  }

  private static FileChannel lock(Path directory) throws IOException {
    Path file = directory.resolve("journal.lock");
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      @Nullable FileLock lock = channel.tryLock();
      if (lock == null) {
        throw inUse(directory, "process " + Files.readString(file).strip());
      }
      channel.truncate(0);
      String holder = Long.toString(ProcessHandle.current().pid());
      channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.US_ASCII)));
      return channel;
    } catch (Throwable failure) {
      channel.close();
      throw failure;
    }
  }

  private static IOException inUse(Path directory, String holder) {
    return new IOException(
        "journal in use: "
            + directory
            + " is held by "
            + holder
            + ". Give each process a data directory of its own, or stop the other one");
  }

  void release() {
    try {
      channel.close();
    } catch (IOException e) {
      // The system releases it with the process.
    } finally {
      HELD.remove(directory);
    }
  }
}
