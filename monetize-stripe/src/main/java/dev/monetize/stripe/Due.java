// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.time.Instant;
import java.util.Comparator;

/** Something that is due for a customer of ours at a time; in order of time. */
record Due(Instant at, String customer) implements Comparable<Due> {

  private static final Comparator<Due> ORDER =
      Comparator.comparing(Due::at).thenComparing(Due::customer);

  /** Before all that are due then. */
  static Due first(Instant at) {
    return new Due(at, "");
  }

  @Override
  public int compareTo(Due other) {
    return ORDER.compare(this, other);
  }
}
