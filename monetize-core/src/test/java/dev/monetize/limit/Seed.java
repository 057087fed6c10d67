// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import java.util.Random;

/** Where generated histories begin: printed, and set again with {@code -Dmonetize.seed}. */
final class Seed {

  private Seed() {}

  static Random random(Class<?> test) {
    long seed = Long.getLong("monetize.seed", System.nanoTime());
    System.out.println(test.getSimpleName() + ": -Dmonetize.seed=" + seed);
    return new Random(seed);
  }
}
