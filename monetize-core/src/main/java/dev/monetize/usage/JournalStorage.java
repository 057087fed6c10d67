// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of one journal, and all that it does with them. Made for a directory by {@link
 * #directory}; another one can lie in memory, or fail on purpose.
 *
 * <p>Nothing is durable before it is said to be: bytes by {@link JournalFile#force}, by {@link
 * OutputStream#flush} and the end of {@link #write}, names by {@link #sync}. Names are plain, or
 * plain behind {@code quarantine/}.
 *
 * <p>Used by several threads, but of one file's bytes only one thread writes at a time.
 */
public interface JournalStorage {

  /** What is in a directory, which must exist. Nothing keeps a second journal out. */
  static JournalStorage directory(Path directory) {
    return new DirectoryStorage(directory);
  }

  /** Names of all files but those behind {@code quarantine/}, in no order. */
  List<String> names() throws IOException;

  /**
   * Makes a file, or a new one in place of that of the same name, and forces its bytes. It may be
   * there in part if this fails. The new name is not durable yet.
   *
   * @param content writes all of it; whenever it flushes, what it wrote so far is forced
   */
  void write(String name, Content content) throws IOException;

  /** Opens a file, to read and to write within its size. */
  JournalFile open(String name) throws IOException;

  /** Opens a file, to read; it may be written by others meanwhile, who are seen. */
  JournalFile openToRead(String name) throws IOException;

  /** Gives a file another name, atomically, in place of any that has it. */
  void rename(String from, String to) throws IOException;

  /** Deletes a file. */
  void delete(String name) throws IOException;

  /** Makes names durable, and their absence. */
  void sync() throws IOException;

  /** Writes the bytes of a file. */
  @FunctionalInterface
  interface Content {

    /** Writes all of it. */
    void writeTo(OutputStream to) throws IOException;
  }
}
