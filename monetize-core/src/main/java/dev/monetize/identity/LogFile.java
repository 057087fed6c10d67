// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** A file that is appended to; tests put faults in here. */
interface LogFile extends Closeable {

  /** Writes at the end. When it throws, any part may have been written. */
  void append(byte[] bytes) throws IOException;

  /** Makes all that was written durable. */
  void sync() throws IOException;

  /** Cuts it to a length, from which it goes on. */
  void cut(long length) throws IOException;

  /** How to open one at its end. */
  @FunctionalInterface
  interface Opener {
    LogFile open(Path file) throws IOException;
  }

  /**
   * An ordinary file. Not a {@link java.nio.channels.FileChannel}, which an interrupt of the
   * caller's thread would close under everyone.
   */
  static LogFile open(Path path) throws IOException {
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    file.seek(file.length());
    return new LogFile() {
      @Override
      public void append(byte[] bytes) throws IOException {
        file.write(bytes);
      }

      @Override
      public void sync() throws IOException {
        file.getFD().sync();
      }

      @Override
      public void cut(long length) throws IOException {
        file.setLength(length);
        file.seek(length);
      }

      @Override
      public void close() throws IOException {
        file.close();
      }
    };
  }
}
