// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

/**
 * A meter that an endpoint counts.
 *
 * @param units where the units come from
 * @param estimate units reserved at admission, where they are known only at the end
 */
public record MeterRule(String meter, Units units, long estimate) {

  /** Where units come from. */
  public sealed interface Units {

    /** The same for each call. */
    record Fixed(long units) implements Units {}

    /** The handler adds them. */
    record Handler() implements Units {}

    /** A whole number in a header of the response. */
    record ResponseHeader(String name) implements Units {}

    /** Milliseconds from admission to settlement, rounded up. */
    record Elapsed() implements Units {}
  }
}
