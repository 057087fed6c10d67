// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file {@code pepper} of a data directory; its lines are read by {@link PepperLine}. */
final class PepperFile {

  static final String NAME = "pepper";

  private static final Logger LOG = LoggerFactory.getLogger(PepperFile.class);
  private static final String HEADER =
      "# The secret under which API keys are hashed. Back it up, apart from the accounts:\n"
          + "# without it no issued key works. First line: the current one; further lines: older ones.\n";

  private PepperFile() {}

  /** The peppers of a directory, the current one first; made if there is none. */
  static List<Pepper> load(Path directory) {
    Path file = directory.resolve(NAME);
    try {
      if (!Files.exists(file)) {
        refuseIfKeysNeedIt(directory, file);
        Files.createDirectories(directory);
        create(file);
      }
      return read(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " can't be read or made: " + e.getMessage(), e);
    }
  }

  private static List<Pepper> read(Path file) throws IOException {
    if (PrivateFiles.isReadableByOthers(file)) {
      LOG.warn("{} is open to other users: chmod 600 it", file);
    }
    List<Pepper> peppers = PepperLine.readAll(file.toString(), lines(file));
    if (peppers.isEmpty()) {
      throw new IllegalStateException(
          file + " holds no pepper: restore it from a backup; without it no issued key works");
    }
    return peppers;
  }

  private static List<String> lines(Path file) throws IOException {
    try {
      return Files.readAllLines(file);
    } catch (CharacterCodingException e) {
      throw new IllegalStateException(
          file + " is damaged: it is not UTF-8 text; restore it from a backup", e);
    }
  }

  /** A new pepper in place of a lost one would silently refuse every customer. */
  private static void refuseIfKeysNeedIt(Path directory, Path file) throws IOException {
    if (AccountFile.holdsKeys(directory)) {
      throw new IllegalStateException(
          file
              + " is missing, but "
              + directory.resolve(AccountFile.NAME)
              + " holds keys hashed under it: restore it from a backup. If it is lost, no issued key"
              + " will work again: move the accounts away, too, and issue new ones");
    }
  }

  /** Whole or not at all, and never over one that another process has made meanwhile. */
  private static void create(Path file) throws IOException {
    byte[] secret = new byte[Pepper.LEAST_BYTES];
    new SecureRandom().nextBytes(secret);
    Path whole = file.resolveSibling(NAME + "." + UUID.randomUUID() + ".tmp");
    try {
      PrivateFiles.append(whole, (HEADER + PepperLine.write("p1", secret) + "\n").getBytes(UTF_8));
      publish(whole, file);
    } finally {
      Files.deleteIfExists(whole);
    }
    PrivateFiles.syncDirectory(file.toAbsolutePath().getParent());
  }

  private static void publish(Path whole, Path file) throws IOException {
    try {
      Files.createLink(file, whole);
    } catch (FileAlreadyExistsException e) {
      LOG.debug("{} was made by another process meanwhile", file);
    } catch (FileSystemException | UnsupportedOperationException e) {
      Files.move(whole, file); // no hard links here
    }
  }
}
