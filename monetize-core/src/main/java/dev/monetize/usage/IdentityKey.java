// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReferenceArray;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Turns ids that callers choose into 128 bits, by a hash under a secret, so that nobody can choose
 * two that meet. Thread-safe.
 */
final class IdentityKey {

  private static final String NAME = "ids.secret";
  private static final String ALGORITHM = "HmacSHA256";
  private static final int BYTES = 32;
  private static final int READY = 16;

  private final byte[] key;

  /** Some that any thread may take: to make one takes longer than to use it. */
  private final AtomicReferenceArray<IdentityHash> ready = new AtomicReferenceArray<>(READY);

  private IdentityKey(byte[] secret, UUID journal) {
    ByteBuffer id = ByteBuffer.allocate(16);
    id.putLong(journal.getMostSignificantBits()).putLong(journal.getLeastSignificantBits());
    key = mac(secret).doFinal(id.array());
  }

  /**
   * The key of a journal, from a secret.
   *
   * @throws IllegalArgumentException if it has not 32 bytes
   */
  static IdentityKey of(byte[] secret, UUID journal) {
    if (secret.length != BYTES) {
      throw new IllegalArgumentException(
          "a secret must have " + BYTES + " bytes, got " + secret.length);
    }
    return new IdentityKey(secret, journal);
  }

  /**
   * The key of a journal, from the file {@code ids.secret}.
   *
   * @param needed whether ids are known that were made under it; else it is made where it is
   *     missing
   * @throws IOException if it is needed and missing, or no secret
   */
  static IdentityKey load(Path directory, UUID journal, boolean needed) throws IOException {
    Path file = directory.resolve(NAME);
    if (!Files.exists(file)) {
      if (needed) {
        throw new IOException(
            file
                + " is missing, but the journal holds usage from elsewhere whose ids were hashed"
                + " under it: without it, what is delivered again would be counted again. Restore"
                + " it from a backup");
      }
      create(directory, file);
    }
    byte[] secret = Files.readAllBytes(file);
    if (secret.length != BYTES) {
      throw new IOException(
          file
              + " must have "
              + BYTES
              + " bytes, got "
              + secret.length
              + ". Restore it from a backup");
    }
    return new IdentityKey(secret, journal);
  }

  private static void create(Path directory, Path file) throws IOException {
    byte[] secret = new byte[BYTES];
    new SecureRandom().nextBytes(secret);
    Path made = directory.resolve(NAME + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            made,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(secret);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
    DirectoryStorage.sync(directory);
  }

  ExternalId of(ExternalUsage usage) {
    int place = (int) Thread.currentThread().getId() & (READY - 1);
    IdentityHash hash = ready.getAndSet(place, null);
    if (hash == null) {
      hash = new IdentityHash(key);
    }
    ExternalId id = hash.of(usage);
    ready.set(place, hash);
    return id;
  }

  private static Mac mac(byte[] secret) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret, ALGORITHM));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
