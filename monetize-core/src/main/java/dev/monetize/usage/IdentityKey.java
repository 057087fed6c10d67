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
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Turns ids that callers choose into 128 bits, by HMAC-SHA-256 under a secret, so that nobody can
 * choose two that meet. Fields go in with their length, so that none runs into the next.
 * Thread-safe.
 */
final class IdentityKey {

  private static final String NAME = "ids.secret";
  private static final String ALGORITHM = "HmacSHA256";
  private static final int BYTES = 32;

  private final SecretKeySpec key;

  /** Some that are ready, for any thread: to make one takes longer than to use it. */
  private final ArrayBlockingQueue<Mac> macs = new ArrayBlockingQueue<>(16);

  private IdentityKey(byte[] secret, UUID journal) {
    ByteBuffer id = ByteBuffer.allocate(16);
    id.putLong(journal.getMostSignificantBits()).putLong(journal.getLeastSignificantBits());
    key =
        new SecretKeySpec(mac(new SecretKeySpec(secret, ALGORITHM)).doFinal(id.array()), ALGORITHM);
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
    Mac mac = macs.poll();
    if (mac == null) {
      mac = mac(key);
    }
    ByteBuffer identity = ByteBuffer.wrap(mac.doFinal(identity(usage)));
    long payload = ByteBuffer.wrap(mac.doFinal(said(usage))).getLong();
    macs.offer(mac);
    return new ExternalId(identity.getLong(), identity.getLong(), payload);
  }

  private static byte[] identity(ExternalUsage usage) {
    String customer = usage.customer();
    String source = usage.source();
    String id = usage.id();
    ByteBuffer bytes = ByteBuffer.allocate(size(customer) + size(source) + size(id));
    put(bytes, customer);
    put(bytes, source);
    put(bytes, id);
    return bytes.array();
  }

  private static byte[] said(ExternalUsage usage) {
    int size = 12 + size(usage.key()) + size(usage.endpoint());
    for (String meter : usage.units().keySet()) {
      size += size(meter) + 8;
    }
    ByteBuffer bytes = ByteBuffer.allocate(size);
    Instant time = usage.time();
    bytes.putLong(time.getEpochSecond()).putInt(time.getNano());
    for (Map.Entry<String, Long> meter : usage.units().entrySet()) {
      put(bytes, meter.getKey());
      bytes.putLong(meter.getValue());
    }
    put(bytes, usage.key());
    put(bytes, usage.endpoint());
    return bytes.array();
  }

  private static int size(String field) {
    return 4 + 2 * field.length();
  }

  private static void put(ByteBuffer to, String field) {
    to.putInt(field.length());
    for (int i = 0; i < field.length(); i++) {
      to.putChar(field.charAt(i));
    }
  }

  private static Mac mac(SecretKeySpec key) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
