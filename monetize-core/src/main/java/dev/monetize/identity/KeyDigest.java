// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 of a presented key's UTF-8: remembers what is known of a key without keeping the key.
 * {@link #equals} takes the same time whatever differs.
 *
 * <p>Immutable, but for the one that {@link #lookUp} lends.
 */
public final class KeyDigest {

  private long a;
  private long b;
  private long c;
  private long d;

  KeyDigest() {}

  /** The digest of a key, to be kept. */
  public static KeyDigest of(String key) {
    return Sha256.apply(key, bytes -> new KeyDigest().read(bytes));
  }

  /**
   * Looks up what is known of a key, without an object for each look-up.
   *
   * @param find is lent a digest, which is another key's later: it must not keep it
   */
  public static <T> @Nullable T lookUp(
      String key, Function<? super KeyDigest, ? extends @Nullable T> find) {
    return Sha256.lookUp(key, find);
  }

  /** Becomes the digest that these bytes are. */
  KeyDigest read(byte[] bytes) {
    a = (long) KeyHash.LONG.get(bytes, 0);
    b = (long) KeyHash.LONG.get(bytes, 8);
    c = (long) KeyHash.LONG.get(bytes, 16);
    d = (long) KeyHash.LONG.get(bytes, 24);
    return this;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KeyDigest that
        && ((a ^ that.a) | (b ^ that.b) | (c ^ that.c) | (d ^ that.d)) == 0;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(a ^ b ^ c ^ d);
  }

  @Override
  public String toString() {
    return "KeyDigest[hidden]";
  }
}
