// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import java.security.SecureRandom;

/**
 * One of the processes that share a Redis.
 *
 * @param number tells it from others
 * @param silentSeconds how long its calls under way count without a sign of life
 */
record Instance(int number, int silentSeconds) {

  private static final int SILENT_SECONDS = 30;

  /** A process that is new. */
  static Instance fresh() {
    return new Instance(new SecureRandom().nextInt(), SILENT_SECONDS);
  }
}
