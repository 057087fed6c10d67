// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Remembers, beside a file, which batch was written to it last and where it began. Replaced as a
 * whole, so that it is never half written.
 */
final class BatchPosition {

  private final Path file;

  BatchPosition(Path written) {
    this.file = written.resolveSibling(written.getFileName() + ".position");
  }

  static Path directory(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? file.toAbsolutePath() : parent;
  }

  /**
   * Where a batch begins: where it began if it was written, wholly or in part, else at the end.
   *
   * @param end the file's present length
   */
  long of(String batch, long end) throws IOException {
    String[] last = read();
    if (last.length == 2 && last[0].equals(batch)) {
      long began = parse(last[1]);
      if (began <= end) {
        return began;
      }
    }
    replace(batch + " " + end + "\n");
    return end;
  }

  private String[] read() throws IOException {
    try {
      return Files.readString(file).strip().split(" ");
    } catch (NoSuchFileException e) {
      return new String[0];
    }
  }

  private long parse(String position) throws IOException {
    try {
      return Long.parseLong(position);
    } catch (NumberFormatException e) {
      throw new IOException(
          file + " must hold a batch id and a position, got \"" + position + "\"", e);
    }
  }

  private void replace(String content) throws IOException {
    Path made = file.resolveSibling(file.getFileName() + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            made,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    DirectoryStorage.sync(directory(file));
  }
}
