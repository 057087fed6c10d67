// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.price;

/** What units of a meter cost. Rated by {@link Rating}. */
public sealed interface Price {

  /** Each unit costs the same. */
  record PerUnit(Money each) implements Price {}

  /**
   * Each second costs the same; the meter counts a fraction of seconds.
   *
   * @param unitsPerSecond units of the meter that make a second; 1000 for a meter in milliseconds
   */
  record PerSecond(Money each, long unitsPerSecond) implements Price {}

  /**
   * The first units are included, those beyond have a price.
   *
   * @param included units that cost nothing more
   */
  record IncludedThenOverage(long included, Price overage) implements Price {}
}
