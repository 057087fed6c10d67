// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

/** How a limit is held while Redis cannot be asked. */
public sealed interface WhenDown {

  /** It is not held: it only reports what it would have refused. */
  record Open() implements WhenDown {}

  /** Calls that it counts are refused. */
  record Closed() implements WhenDown {}

  /**
   * Each instance holds to a share of it by itself, from what it knows was used.
   *
   * @param share above 0 and at most 1; one by the number of instances keeps the limit as a whole
   */
  record Local(double share) implements WhenDown {

    public Local {
      if (!(share > 0 && share <= 1)) {
        throw new IllegalArgumentException("share must be above 0 and at most 1, got " + share);
      }
    }

    /** What an amount counts for, of the whole limit. */
    long weighed(long amount) {
      return share == 1 ? amount : (long) Math.ceil(amount / share);
    }
  }
}
