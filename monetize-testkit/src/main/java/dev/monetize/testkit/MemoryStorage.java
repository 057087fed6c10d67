// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import dev.monetize.testkit.StorageCall.Operation;
import dev.monetize.usage.JournalFile;
import dev.monetize.usage.JournalStorage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/**
 * Files in memory that lose what a real disk may lose, and fail when they are told to. With it a
 * test can go through every call that a journal makes, and through the states that a power cut may
 * leave:
 *
 * <pre>{@code
 * MemoryStorage storage = new MemoryStorage();
 * ... // use it, make durable some of what was written
 * storage.powerCut(new Random(seed));
 * ... // use it again: what was durable is there
 *
 * storage.fail(Faults.at(17, Fault.LOST_SYNC));
 * }</pre>
 *
 * <p><b>A power cut</b> leaves of each sector of 512 bytes what was forced last, or what was
 * written since, or what {@link #writeBack} took to the disk in between; where nothing was forced
 * yet, that is old bytes, new ones or zeros. A file that is being written has any length between
 * that which was forced and that which it reached. Of the changes of names since the last {@link
 * #sync} any may be there. All of it is chosen by the given numbers: the same calls and the same
 * seed leave the same files.
 *
 * <p><b>The end of a process</b> loses nothing, but what a failed force lost: see {@link
 * #processEnd}.
 *
 * <p>Thread-safe, as far as {@link JournalStorage} asks for it. Who had files open when the power
 * was cut or the process ended must not touch them any more. That a process writes the same bytes
 * again is not seen: what a failed force lost stays lost then.
 */
public final class MemoryStorage implements JournalStorage {

  private static final String QUARANTINE = "quarantine/";

  private final ReentrantLock lock = new ReentrantLock();
  private final MemoryNames names = new MemoryNames();
  private Faults faults = Faults.none();
  private long calls;
  private long failures;

  /** One without any files, in which nothing fails. */
  public MemoryStorage() {}

  /** Says which calls fail from now on; their numbers go on where they are. */
  public void fail(Faults next) {
    Objects.requireNonNull(next, "next");
    lock.lock();
    try {
      faults = next;
    } finally {
      lock.unlock();
    }
  }

  /** How many calls were made, those that failed among them. */
  public long calls() {
    lock.lock();
    try {
      return calls;
    } finally {
      lock.unlock();
    }
  }

  /** How many calls were made to fail. */
  public long failures() {
    lock.lock();
    try {
      return failures;
    } finally {
      lock.unlock();
    }
  }

  /** Some of what was written gets to the disk, as it may at any time, but is not durable. */
  public void writeBack(RandomGenerator random) {
    lock.lock();
    try {
      names.files().forEach(file -> file.writeBack(random));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Leaves what the next process may see. What a failed force lost may be gone; where it can still
   * be seen, it counts as not forced yet, since a careful process writes it once more.
   */
  public void processEnd(RandomGenerator random) {
    lock.lock();
    try {
      names.files().forEach(file -> file.forgetLost(random));
    } finally {
      lock.unlock();
    }
  }

  /** Leaves what a power cut may leave; all of that is durable. */
  public void powerCut(RandomGenerator random) {
    lock.lock();
    try {
      PowerCut cut = new PowerCut(random);
      names.cut(cut);
      names.files().forEach(file -> file.cut(cut));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<String> names() throws IOException {
    lock.lock();
    try {
      begin(Operation.LIST, "");
      return names.names(name -> !name.startsWith(QUARANTINE));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void write(String name, Content content) throws IOException {
    MemoryFile file = create(name);
    content.writeTo(new Writing(name, file));
    forceAll(name, file);
  }

  private MemoryFile create(String name) throws IOException {
    lock.lock();
    try {
      begin(Operation.CREATE, name);
      MemoryFile file = names.get(name);
      if (file == null) {
        file = new MemoryFile();
        names.put(name, file);
      } else {
        file.empty();
      }
      return file;
    } finally {
      lock.unlock();
    }
  }

  private void append(String name, MemoryFile file, byte[] bytes, int from, int count)
      throws IOException {
    lock.lock();
    try {
      Fault fault = strike(Operation.WRITE, name);
      if (fault == Fault.NONE) {
        file.append(bytes, from, count);
        return;
      }
      if (fault == Fault.SHORT_WRITE) {
        file.append(bytes, from, count / 2);
      }
      throw failure(fault, name);
    } finally {
      lock.unlock();
    }
  }

  private void forceAll(String name, MemoryFile file) throws IOException {
    lock.lock();
    try {
      force(name, file, 0, file.extent());
      file.force();
    } finally {
      lock.unlock();
    }
  }

  private void force(String name, MemoryFile file, int from, int length) throws IOException {
    lock.lock();
    try {
      Fault fault = strike(Operation.FORCE, name);
      if (fault == Fault.NONE || fault == Fault.SHORT_WRITE) {
        file.force(from, length, fault == Fault.SHORT_WRITE);
      } else if (fault == Fault.LOST_SYNC) {
        file.lose(from, length);
      }
      if (fault != Fault.NONE) {
        throw failure(fault, name);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public JournalFile open(String name) throws IOException {
    lock.lock();
    try {
      begin(Operation.OPEN, name);
      MemoryFile file = existing(name);
      return new Opened(name, file, file.buffer());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public JournalFile openToRead(String name) throws IOException {
    return open(name);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    lock.lock();
    try {
      begin(Operation.RENAME, from);
      names.rename(from, to, existing(from));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void delete(String name) throws IOException {
    lock.lock();
    try {
      begin(Operation.DELETE, name);
      names.remove(name, existing(name));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void sync() throws IOException {
    lock.lock();
    try {
      begin(Operation.SYNC, "");
      names.sync();
    } finally {
      lock.unlock();
    }
  }

  private MemoryFile existing(String name) throws NoSuchFileException {
    MemoryFile file = names.get(name);
    if (file == null) {
      throw new NoSuchFileException(name);
    }
    return file;
  }

  private void begin(Operation operation, String name) throws IOException {
    Fault fault = strike(operation, name);
    if (fault != Fault.NONE) {
      throw failure(fault, name);
    }
  }

  private Fault strike(Operation operation, String name) {
    calls++;
    Fault fault = faults.of(new StorageCall(calls, operation, name));
    if (!fault.strikes(operation)) {
      return Fault.NONE;
    }
    failures++;
    return fault;
  }

  private static IOException failure(Fault fault, String name) {
    return new FileSystemException(
        name, null, fault == Fault.NO_SPACE ? "No space left on device" : "told to fail: " + fault);
  }

  private final class Opened implements JournalFile {

    private final String name;
    private final MemoryFile file;
    private final ByteBuffer buffer;

    Opened(String name, MemoryFile file, ByteBuffer buffer) {
      this.name = name;
      this.file = file;
      this.buffer = buffer;
    }

    @Override
    public ByteBuffer buffer() {
      return buffer;
    }

    @Override
    public void force(int from, int length) throws IOException {
      MemoryStorage.this.force(name, file, from, length);
    }

    @Override
    public void close() {
      // Nothing is held.
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private final class Writing extends OutputStream {

    private final String name;
    private final MemoryFile file;

    Writing(String name, MemoryFile file) {
      this.name = name;
      this.file = file;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      append(name, file, bytes, from, count);
    }

    @Override
    public void flush() throws IOException {
      forceAll(name, file);
    }
  }
}
