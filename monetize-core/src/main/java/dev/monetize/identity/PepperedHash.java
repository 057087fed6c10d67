// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;

/**
 * HMAC-SHA-256 of a key under one pepper. The HMAC's key is derived from the pepper for this use
 * alone, {@code HMAC(pepper, "dev.monetize api-key 1")}, so that nothing else that a pepper is ever
 * used for can say anything about a key's hash.
 *
 * <p>Unknown keys are hashed on every call, so the two digests that an HMAC is (RFC 2104, section
 * 2) are taken here: {@link Mac} allocates in each of them.
 */
final class PepperedHash {

  private static final byte[] USE = "dev.monetize api-key 1".getBytes(StandardCharsets.US_ASCII);
  private static final int BLOCK = 64;
  private static final int HASH = 32;

  private final Spares<Worker> workers;

  PepperedHash(Pepper pepper) {
    byte[] derived = Hmac.of(pepper.secret(), USE);
    byte[] inner = padded(derived, 0x36);
    byte[] outer = padded(derived, 0x5C);
    workers = new Spares<>(() -> new Worker(inner, outer));
  }

  /** The hash of a key in our format. */
  KeyHash of(String key) {
    Worker worker = workers.take();
    KeyHash hash = worker.hash(key);
    workers.give(worker);
    return hash;
  }

  private static byte[] padded(byte[] key, int pad) {
    byte[] block = Arrays.copyOf(key, BLOCK);
    for (int i = 0; i < BLOCK; i++) {
      block[i] ^= (byte) pad;
    }
    return block;
  }

  /** One thread's at a time. */
  private static final class Worker {

    private final MessageDigest digest = Sha256.digest();
    private final byte[] inner;
    private final byte[] outer;
    private final byte[] in = new byte[MonetizeKeys.LENGTH];
    private final byte[] out = new byte[HASH];

    Worker(byte[] inner, byte[] outer) {
      this.inner = inner;
      this.outer = outer;
    }

    KeyHash hash(String key) {
      for (int i = 0; i < in.length; i++) {
        in[i] = (byte) key.charAt(i);
      }
      digest(inner, in);
      Arrays.fill(in, (byte) 0); // it outlives the call, so the key must not stay in it
      digest(outer, out);
      return KeyHash.ofBytes(out);
    }

    private void digest(byte[] pad, byte[] message) {
      try {
        digest.update(pad);
        digest.update(message);
        digest.digest(out, 0, HASH);
      } catch (DigestException e) {
        throw new IllegalStateException("SHA-256 has 32 bytes", e);
      }
    }
  }
}
