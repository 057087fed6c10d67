// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import java.util.Random;

/** Identifiers like {@code cus_NffrFeUfNV2Hib}; the same seed gives the same ones. */
final class Ids {

  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private final Random random;

  Ids(long seed) {
    random = new Random(seed);
  }

  synchronized String next(String prefix) {
    return next(prefix, 16);
  }

  synchronized String next(String prefix, int length) {
    StringBuilder id = new StringBuilder(prefix).append('_');
    for (int i = 0; i < length; i++) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return id.toString();
  }
}
