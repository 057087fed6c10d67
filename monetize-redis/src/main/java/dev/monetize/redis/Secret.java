// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import java.security.SecureRandom;
import java.util.HexFormat;

/** What nobody can guess, and nobody else has. */
final class Secret {

  private static final int BYTES = 32;

  private Secret() {}

  /** What ids of usage from elsewhere are hashed under, in hexadecimal. */
  static String fresh() {
    byte[] secret = new byte[BYTES];
    new SecureRandom().nextBytes(secret);
    return HexFormat.of().formatHex(secret);
  }

  /** A number that no other instance has. */
  static long number() {
    return new SecureRandom().nextLong();
  }
}
