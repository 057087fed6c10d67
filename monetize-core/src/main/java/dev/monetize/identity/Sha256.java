// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 of a text's UTF-8. */
final class Sha256 {

  private static final Spares<MessageDigest> DIGESTS = new Spares<>(Sha256::digest);

  private Sha256() {}

  static KeyHash of(String text) {
    MessageDigest digest = DIGESTS.take();
    KeyHash hash = KeyHash.ofBytes(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    DIGESTS.give(digest);
    return hash;
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
