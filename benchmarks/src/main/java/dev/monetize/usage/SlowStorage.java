// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** The journal's files on the {@link SlowDisk}. */
record SlowStorage(JournalStorage files) implements JournalStorage {

  SlowStorage(Path directory) {
    this(JournalStorage.directory(directory));
  }

  @Override
  public List<String> names() throws IOException {
    return files.names();
  }

  @Override
  public void write(String name, Content content) throws IOException {
    files.write(name, to -> content.writeTo(new SlowFlush(to)));
    SlowDisk.force();
  }

  @Override
  public JournalFile open(String name) throws IOException {
    return new SlowForce(files.open(name));
  }

  @Override
  public JournalFile openToRead(String name) throws IOException {
    return files.openToRead(name);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    files.rename(from, to);
  }

  @Override
  public void delete(String name) throws IOException {
    files.delete(name);
  }

  @Override
  public void sync() throws IOException {
    files.sync();
    SlowDisk.force();
  }

  private record SlowForce(JournalFile file) implements JournalFile {

    @Override
    public ByteBuffer buffer() {
      return file.buffer();
    }

    @Override
    public void force(int from, int length) throws IOException {
      file.force(from, length);
      SlowDisk.force();
    }

    @Override
    public void close() {
      file.close();
    }
  }

  private static final class SlowFlush extends FilterOutputStream {

    SlowFlush(OutputStream to) {
      super(to);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length);
    }

    @Override
    public void flush() throws IOException {
      out.flush();
      SlowDisk.force();
    }
  }
}
