// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Limit;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** How the script names a limit: by 32 bits of a hash of its id. */
final class LimitHash {

  private LimitHash() {}

  static int of(Limit limit) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(limit.id().getBytes(StandardCharsets.UTF_8));
      return (hash[0] & 0xff) << 24
          | (hash[1] & 0xff) << 16
          | (hash[2] & 0xff) << 8
          | (hash[3] & 0xff);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
