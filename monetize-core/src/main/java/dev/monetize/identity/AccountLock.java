// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * That nobody else has an account file open. A file of its own, never deleted: the real one is
 * replaced now and then, and a lock would go with the old one.
 */
final class AccountLock {

  /**
   * Those of this process. Asked before the lock file is opened, because POSIX drops a process's
   * lock when it closes any handle of the file, that of a refused second attempt too.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final RandomAccessFile file;

  private AccountLock(Path path, RandomAccessFile file) {
    this.path = path;
    this.file = file;
  }

  /**
   * Takes the lock of a directory.
   *
   * @throws IllegalStateException if somebody has it
   */
  static AccountLock take(Path directory) throws IOException {
    Path path = directory.toRealPath().resolve("accounts.lock");
    if (!HELD.add(path)) {
      throw refused(directory, "this process has it open already");
    }
    try {
      return new AccountLock(path, locked(directory, path));
    } catch (IOException | RuntimeException e) {
      HELD.remove(path);
      throw e;
    }
  }

  private static RandomAccessFile locked(Path directory, Path path) throws IOException {
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    try {
      if (tryLock(file) != null) {
        return file;
      }
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
    file.close();
    throw refused(directory, "another process has it open");
  }

  private static @Nullable FileLock tryLock(RandomAccessFile file) throws IOException {
    try {
      return file.getChannel().tryLock();
    } catch (OverlappingFileLockException e) { // this process, with a class loader of its own
      return null;
    }
  }

  private static IllegalStateException refused(Path directory, String who) {
    return new IllegalStateException(
        "the accounts in "
            + directory
            + " can't be opened: "
            + who
            + "; close it there, or use another data directory");
  }

  void release() throws IOException {
    try {
      file.close();
    } finally {
      HELD.remove(path);
    }
  }
}
