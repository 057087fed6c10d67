// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.Optional;

/** Where a path leads. The same object for every call that is treated alike. */
public sealed interface Route {

  /** Passes untouched: nobody is identified, nothing is counted. */
  record Public() implements Route {}

  /** Matches nothing, and the catalog's {@code unmatched} says to refuse it. */
  record Unmatched() implements Route {}

  /** A metered endpoint. */
  non-sealed interface Metered extends Route {

    /** What it costs and counts. */
    Endpoint endpoint();

    /** Whether a tier may call it. */
    boolean allows(Tier tier);

    /** The lowest tier that may call it. */
    Optional<Tier> lowest();
  }
}
