// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import java.util.random.RandomGenerator;

/**
 * What one power cut does, chosen by chance. How much is lost is chosen first, so that cuts that
 * take nearly all and nearly nothing are as frequent as any other.
 */
final class PowerCut {

  private final RandomGenerator random;
  private final int lost;

  PowerCut(RandomGenerator random) {
    this.random = random;
    this.lost = random.nextInt(17);
  }

  /** Whether something that was not durable is lost. */
  boolean loses() {
    return random.nextInt(16) < lost;
  }

  boolean half() {
    return random.nextBoolean();
  }

  /** A length that a file may have which had one and was given another. */
  int between(int one, int other) {
    return one == other ? one : random.nextInt(Math.min(one, other), Math.max(one, other) + 1);
  }
}
