// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import dev.monetize.usage.UsagePoint.Certainty;

/** A number and what it is worth. */
record Amount(long units, Certainty certainty) {

  static final Amount NOTHING = new Amount(0, Certainty.NOTHING);

  static Amount exact(long units) {
    return new Amount(units, Certainty.EXACT);
  }

  static Amount atLeast(long units) {
    return new Amount(units, Certainty.AT_LEAST);
  }

  /** A sum that stops at the greatest number; there it may be more. */
  static Amount saturated(long units) {
    return units == Long.MAX_VALUE ? atLeast(units) : exact(units);
  }
}
