// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** SHA-256 of a text's UTF-8; of short ASCII texts, as keys are, without allocation. */
final class Sha256 {

  private static final int HASH = 32;
  private static final int SHORT = 128;
  private static final Spares<Sha256> SPARES = new Spares<>(Sha256::new);

  private final MessageDigest digest = digest();
  private final byte[] in = new byte[SHORT];
  private final byte[] out = new byte[HASH];
  private final KeyDigest lent = new KeyDigest();

  private Sha256() {}

  /** Makes something of the 32 bytes, which are there for the moment. */
  static <T> T apply(String text, Function<byte[], T> make) {
    Sha256 worker = SPARES.take();
    T made = make.apply(worker.hash(text));
    SPARES.give(worker);
    return made;
  }

  /** Lends a digest. */
  static <T> @Nullable T lookUp(
      String text, Function<? super KeyDigest, ? extends @Nullable T> find) {
    Sha256 worker = SPARES.take();
    T found = find.apply(worker.lent.read(worker.hash(text)));
    SPARES.give(worker);
    return found;
  }

  private byte[] hash(String text) {
    int length = ascii(text);
    if (length >= 0) {
      digest.update(in, 0, length);
      Arrays.fill(in, 0, length, (byte) 0); // it outlives the call, so the key must not stay in it
    } else {
      digest.update(text.getBytes(StandardCharsets.UTF_8));
    }
    try {
      digest.digest(out, 0, HASH);
    } catch (DigestException e) {
      throw new IllegalStateException("SHA-256 has 32 bytes", e);
    }
    return out;
  }

  /** Puts a short ASCII text into {@code in}; -1 if it is not one. */
  private int ascii(String text) {
    int length = text.length();
    if (length > SHORT) {
      return -1;
    }
    int seen = 0;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      seen |= c;
      in[i] = (byte) c;
    }
    return seen < 128 ? length : -1;
  }

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
