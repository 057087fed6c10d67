// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * Hashes what identifies usage, and checks what it says: the first 128 bits of SHA-256 over a key
 * and the fields. Fields go in with their length, so that none runs into the next. Nothing can be
 * appended to what was hashed, because half of the hash is left out and no text begins with another
 * (Coron, Dodis, Malinaud and Puniya, "Merkle-Damgård Revisited", 2005, sections 4.1 and 4.2). Not
 * thread-safe.
 */
final class IdentityHash {

  private static final int USUAL = 1024;

  private final byte[] key;
  private final MessageDigest digest = sha256();
  private final ByteBuffer hash = ByteBuffer.allocate(digest.getDigestLength());
  private final CRC32C high = new CRC32C();
  private final CRC32 low = new CRC32();
  private ByteBuffer bytes = ByteBuffer.allocate(USUAL);

  IdentityHash(byte[] key) {
    this.key = key;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  ExternalId of(ExternalUsage usage) {
    putIdentity(usage);
    digest.update(bytes.array(), 0, bytes.position());
    try {
      digest.digest(hash.array(), 0, hash.capacity());
    } catch (DigestException e) {
      throw new IllegalStateException("there is room for " + hash.capacity() + " bytes", e);
    }
    putSaid(usage);
    return new ExternalId(hash.getLong(0), hash.getLong(8), check());
  }

  /** Whoever makes two texts meet only has the second one called a repetition. */
  private long check() {
    high.reset();
    high.update(bytes.array(), 0, bytes.position());
    low.reset();
    low.update(bytes.array(), 0, bytes.position());
    return high.getValue() << 32 | low.getValue();
  }

  private void putIdentity(ExternalUsage usage) {
    begin(key.length + size(usage.customer()) + size(usage.source()) + size(usage.id()));
    bytes.put(key);
    put(usage.customer());
    put(usage.source());
    put(usage.id());
  }

  private void putSaid(ExternalUsage usage) {
    int size = 12 + size(usage.key()) + size(usage.endpoint());
    for (String meter : usage.units().keySet()) {
      size += size(meter) + 8;
    }
    begin(size);
    Instant time = usage.time();
    bytes.putLong(time.getEpochSecond()).putInt(time.getNano());
    for (Map.Entry<String, Long> meter : usage.units().entrySet()) {
      put(meter.getKey());
      bytes.putLong(meter.getValue());
    }
    put(usage.key());
    put(usage.endpoint());
  }

  private void begin(int size) {
    if (size > bytes.capacity()) {
      bytes = ByteBuffer.allocate(size);
    }
    bytes.clear();
  }

  private static int size(String field) {
    return 4 + 2 * field.length();
  }

  private void put(String field) {
    bytes.putInt(field.length());
    for (int i = 0; i < field.length(); i++) {
      bytes.putChar(field.charAt(i));
    }
  }
}
