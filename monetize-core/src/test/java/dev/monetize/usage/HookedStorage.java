// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** A directory of which each call can be delayed, or made to fail. */
final class HookedStorage implements JournalStorage {

  private final JournalStorage real;
  volatile Hook hook = (call, name) -> {};

  /** Whether a failed force takes the bytes that it was to make durable, as Linux may. */
  volatile boolean dropping;

  /** Run before each call. */
  @FunctionalInterface
  interface Hook {

    void before(String call, String name) throws IOException;
  }

  HookedStorage(Path directory) {
    this.real = JournalStorage.directory(directory);
  }

  @Override
  public List<String> names() throws IOException {
    hook.before("names", "");
    return real.names();
  }

  @Override
  public void write(String name, Content content) throws IOException {
    hook.before("write", name);
    real.write(name, content);
  }

  @Override
  public JournalFile open(String name) throws IOException {
    hook.before("open", name);
    return new Hooked(name, real.open(name));
  }

  @Override
  public JournalFile openToRead(String name) throws IOException {
    hook.before("openToRead", name);
    return new Hooked(name, real.openToRead(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    hook.before("rename", to);
    real.rename(from, to);
  }

  @Override
  public void delete(String name) throws IOException {
    hook.before("delete", name);
    real.delete(name);
  }

  @Override
  public void sync() throws IOException {
    hook.before("sync", "");
    real.sync();
  }

  private final class Hooked implements JournalFile {

    private final String name;
    private final JournalFile file;

    Hooked(String name, JournalFile file) {
      this.name = name;
      this.file = file;
    }

    @Override
    public ByteBuffer buffer() {
      return file.buffer();
    }

    @Override
    public void force(int from, int length) throws IOException {
      try {
        hook.before("force", name);
      } catch (IOException e) {
        for (int at = Math.max(from, Segment.BASE); dropping && at < from + length; at++) {
          file.buffer().put(at, (byte) 0);
        }
        throw e;
      }
      file.force(from, length);
    }

    @Override
    public void close() {
      file.close();
    }

    @Override
    public String toString() {
      return file.toString();
    }
  }
}
