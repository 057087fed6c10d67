// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Files that only their owner may read, and how their content and names become durable. Nothing
 * here is undone by an interrupt: streams, where channels would close themselves.
 */
final class PrivateFiles {

  private static final Set<PosixFilePermission> OWNER =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private PrivateFiles() {}

  /** Makes an empty file, 0600 from its first moment where the file system knows such modes. */
  static void create(Path file) throws IOException {
    if (isPosix(file)) {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER));
    } else {
      Files.createFile(file);
    }
  }

  /** Adds bytes to a file, made if need be, and syncs them. */
  static void append(Path file, byte[] bytes) throws IOException {
    try {
      create(file);
    } catch (FileAlreadyExistsException e) {
      // the usual case
    }
    try (FileOutputStream out = new FileOutputStream(file.toFile(), true)) {
      out.write(bytes);
      out.getFD().sync();
    }
  }

  /**
   * Makes names in a directory durable; does nothing on systems where directories can't be opened.
   */
  static void syncDirectory(Path directory) throws IOException {
    if (!isPosix(directory)) {
      return;
    }
    boolean interrupted = false;
    try {
      while (!syncedUninterrupted(directory)) {
        interrupted |= Thread.interrupted();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static boolean syncedUninterrupted(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
      return true;
    } catch (ClosedByInterruptException e) {
      return false;
    }
  }

  /** Whether others than its owner may read a file. */
  static boolean isReadableByOthers(Path file) throws IOException {
    return isPosix(file) && !OWNER.containsAll(Files.getPosixFilePermissions(file));
  }

  static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
