// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Limit;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How the script names a limit: by 32 bits of a hash of its id. Of two in a set that have the same
 * ones, the later one is called by the next number that is free there.
 */
final class LimitHash {

  private LimitHash() {}

  /** Those of a set, each another. */
  static int[] of(List<Limit> limits) {
    Set<Integer> taken = new HashSet<>();
    int[] hashes = new int[limits.size()];
    for (int i = 0; i < hashes.length; i++) {
      int hash = of(limits.get(i).id());
      while (!taken.add(hash)) {
        hash++;
      }
      hashes[i] = hash;
    }
    return hashes;
  }

  static int of(String id) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(hash).getInt();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
