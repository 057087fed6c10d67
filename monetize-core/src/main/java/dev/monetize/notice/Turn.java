// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import dev.monetize.usage.Claims;

/** Whether it is for this instance to tell notices. Thread-safe; one thread takes it. */
final class Turn {

  private static final String CLAIM = "notices";

  private final Claims claims;
  private final boolean shared;
  private volatile long number;

  Turn(Claims claims) {
    this.claims = claims;
    this.shared = claims != Claims.ALL;
    this.number = shared ? 0 : 1;
  }

  /** Whether others may write to the log at the same time. */
  boolean shared() {
    return shared;
  }

  /** Asks for it, if it is not held; whether it is ours now, and was not before. */
  boolean take() {
    if (holds()) {
      return false;
    }
    number = claims.claim(CLAIM);
    return number != 0;
  }

  boolean holds() {
    return number != 0 && claims.holds(CLAIM, number);
  }
}
