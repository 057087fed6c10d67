// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/**
 * HMAC-SHA-256 of a key under one pepper. The HMAC's key is derived from the pepper for this use
 * alone, {@code HMAC(pepper, "dev.monetize api-key 1")}, so that nothing else that a pepper is ever
 * used for can say anything about a key's hash.
 */
final class PepperedHash {

  private static final String ALGORITHM = "HmacSHA256";
  private static final byte[] USE = "dev.monetize api-key 1".getBytes(StandardCharsets.US_ASCII);

  private final Spares<Worker> workers;

  PepperedHash(Pepper pepper) {
    byte[] derived = mac(pepper.secret()).doFinal(USE);
    workers = new Spares<>(() -> new Worker(mac(derived)));
  }

  /** The hash of a key in our format. */
  KeyHash of(String key) {
    Worker worker = workers.take();
    KeyHash hash = worker.hash(key);
    workers.give(worker);
    return hash;
  }

  private static Mac mac(byte[] key) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  /** One thread's at a time. */
  private static final class Worker {

    private final Mac mac;
    private final byte[] in = new byte[MonetizeKeys.LENGTH];
    private final byte[] out = new byte[32];

    Worker(Mac mac) {
      this.mac = mac;
    }

    KeyHash hash(String key) {
      for (int i = 0; i < in.length; i++) {
        in[i] = (byte) key.charAt(i);
      }
      mac.update(in);
      Arrays.fill(in, (byte) 0); // it outlives the call, so the key must not stay in it
      try {
        mac.doFinal(out, 0);
      } catch (ShortBufferException e) {
        throw new IllegalStateException("HMAC-SHA-256 has 32 bytes", e);
      }
      return KeyHash.ofBytes(out);
    }
  }
}
