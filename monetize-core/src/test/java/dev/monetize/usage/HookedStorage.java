// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A directory of which each call can be delayed, or made to fail, and files lose their ends. */
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

  private final Path directory;
  private final Map<String, JournalFile> faulty = new ConcurrentHashMap<>();

  HookedStorage(Path directory) {
    this.directory = directory;
    this.real = JournalStorage.directory(directory);
  }

  /**
   * The disk no longer gives the end of a file: touching it is a fault, as long as no other file
   * takes the name. Only for a process of its own, which a fault in the wrong place ends.
   */
  void fault(String name, int from) throws IOException {
    faulty.put(name, real.open(name));
    try (FileChannel channel =
        FileChannel.open(directory.resolve(name), StandardOpenOption.WRITE)) {
      channel.truncate(from);
    }
  }

  private JournalFile opened(String name, JournalFile file) {
    return new Hooked(name, faulty.getOrDefault(name, file));
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
    return opened(name, real.open(name));
  }

  @Override
  public JournalFile openToRead(String name) throws IOException {
    hook.before("openToRead", name);
    return opened(name, real.openToRead(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    hook.before("rename", to);
    real.rename(from, to);
    faulty.remove(to);
  }

  @Override
  public void delete(String name) throws IOException {
    hook.before("delete", name);
    real.delete(name);
    faulty.remove(name);
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
    public int unreadable(int from, int end) throws IOException {
      return file.unreadable(from, end);
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
