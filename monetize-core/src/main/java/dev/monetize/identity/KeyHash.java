// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * The 256-bit hash under which an API key is known; says nothing about the key itself.
 *
 * <p>Four longs, not an array: a value, without a copy at every hand-over. {@link #equals} takes
 * the same time whatever differs.
 *
 * @param a bytes 0 to 7, big-endian
 * @param b bytes 8 to 15
 * @param c bytes 16 to 23
 * @param d bytes 24 to 31
 */
public record KeyHash(long a, long b, long c, long d) {

  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final int BYTES = 32;
  private static final int SHORT_ID = 10;

  /**
   * A hash from its 32 bytes.
   *
   * @throws IllegalArgumentException if there are more or fewer
   */
  public static KeyHash ofBytes(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a key hash has 32 bytes, got " + bytes.length);
    }
    return new KeyHash(
        (long) LONG.get(bytes, 0),
        (long) LONG.get(bytes, 8),
        (long) LONG.get(bytes, 16),
        (long) LONG.get(bytes, 24));
  }

  /** SHA-256 of a text's UTF-8: of a whole key, where nothing else hashes it. */
  public static KeyHash sha256(String text) {
    return Sha256.apply(text, KeyHash::ofBytes);
  }

  /**
   * A hash from its 64 hexadecimal digits, in either case.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  public static KeyHash ofHex(String hex) {
    if (hex.length() != 2 * BYTES) {
      throw new IllegalArgumentException(
          "a key hash has 64 hexadecimal digits, got " + hex.length() + " characters");
    }
    try {
      return ofBytes(HexFormat.of().parseHex(hex));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("a key hash has hexadecimal digits only", e);
    }
  }

  /** All 64 hexadecimal digits, in lower case; {@link #ofHex} reads them back. */
  public String hex() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(a) + hex.toHexDigits(b) + hex.toHexDigits(c) + hex.toHexDigits(d);
  }

  /** The first ten hexadecimal digits: names a key that has no other id in usage and logs. */
  public String shortId() {
    return HexFormat.of().toHexDigits(a).substring(0, SHORT_ID);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyHash that
        && ((a ^ that.a) | (b ^ that.b) | (c ^ that.c) | (d ^ that.d)) == 0;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(a ^ b ^ c ^ d);
  }

  @Override
  public String toString() {
    return "KeyHash[" + HexFormat.of().toHexDigits(a).substring(0, 8) + "…]";
  }
}
