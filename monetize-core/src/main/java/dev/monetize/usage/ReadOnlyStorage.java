// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of a journal, to look at, as they were at one moment while an app may go on writing.
 *
 * <p>Only the last three segments of a listing can still change: the one that is made in advance,
 * the one that is filled, and the one before, where that changed during the listing. They are
 * copied, the last first, so that none has more than those before it lead to. The rest is mapped.
 * Segments are deleted only after a checkpoint was made: where there is another one at the end, all
 * is taken again.
 */
final class ReadOnlyStorage implements JournalStorage {

  private static final int UNFINISHED = 3;
  private static final int CHECKPOINT_HEAD = 44;
  private static final int MOST_TRIES = 100;

  private final Path directory;
  private final JournalStorage live;
  private final List<String> names;
  private final Map<String, JournalFile> taken = new HashMap<>();

  /** Takes what there is. */
  static ReadOnlyStorage of(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new IOException("there is no directory " + directory);
    }
    for (int tries = 1; true; tries++) {
      try {
        byte[] checkpoint = checkpoint(directory);
        ReadOnlyStorage storage = new ReadOnlyStorage(directory);
        if (Arrays.equals(checkpoint, checkpoint(directory)) || tries == MOST_TRIES) {
          return storage;
        }
      } catch (NoSuchFileException e) {
        if (tries == MOST_TRIES) {
          throw e;
        }
      }
    }
  }

  private ReadOnlyStorage(Path directory) throws IOException {
    this.directory = directory;
    this.live = JournalStorage.directory(directory);
    this.names = live.names();
    if (names.contains(Checkpoint.FILE)) {
      taken.put(Checkpoint.FILE, live.openToRead(Checkpoint.FILE));
    }
    List<String> segments = names.stream().filter(n -> n.endsWith(".journal")).sorted().toList();
    int finished = Math.max(0, segments.size() - UNFINISHED);
    for (String name : segments.subList(0, finished)) {
      taken.put(name, live.openToRead(name));
    }
    for (int i = segments.size() - 1; i >= finished; i--) {
      taken.put(segments.get(i), copy(segments.get(i)));
    }
  }

  /** What tells a checkpoint from others. */
  private static byte[] checkpoint(Path directory) throws IOException {
    try (InputStream in = Files.newInputStream(directory.resolve(Checkpoint.FILE))) {
      return in.readNBytes(CHECKPOINT_HEAD);
    } catch (NoSuchFileException e) {
      return new byte[0];
    }
  }

  /** One that cannot be copied is looked at where it is: that tells what is wrong with it. */
  private JournalFile copy(String name) throws IOException {
    try {
      return copy(directory.resolve(name));
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      return live.openToRead(name);
    }
  }

  /** From the beginning on, so that all is there that the header says is durable. */
  private static JournalFile copy(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer copy = ByteBuffer.allocateDirect(Math.toIntExact(channel.size()));
      while (copy.hasRemaining() && channel.read(copy) >= 0) {
        // until it is whole
      }
      return new Copy(path, copy.clear().order(ByteOrder.LITTLE_ENDIAN));
    }
  }

  @Override
  public List<String> names() {
    return names;
  }

  @Override
  public JournalFile open(String name) throws IOException {
    return openToRead(name);
  }

  @Override
  public JournalFile openToRead(String name) throws IOException {
    JournalFile file = taken.get(name);
    return file != null ? file : live.openToRead(name);
  }

  @Override
  public void write(String name, Content content) throws IOException {
    throw readOnly();
  }

  @Override
  public void rename(String from, String to) throws IOException {
    throw readOnly();
  }

  @Override
  public void delete(String name) throws IOException {
    throw readOnly();
  }

  @Override
  public void sync() throws IOException {
    throw readOnly();
  }

  private IOException readOnly() {
    return new IOException(directory + " is only looked at");
  }

  private record Copy(Path path, ByteBuffer buffer) implements JournalFile {

    @Override
    public void force(int from, int length) {}

    @Override
    public void close() {}

    @Override
    public String toString() {
      return path.toString();
    }
  }
}
