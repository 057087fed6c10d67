// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.price;

import java.util.List;

/**
 * A line of an invoice or of its preview. Made by {@link Rating#line}.
 *
 * @param units counted
 * @param billableUnits those of them that have to be paid for
 * @param parts what the billable units were paid by; empty where there are none
 * @param exact what they cost, to a billionth
 * @param amount the same, rounded to the currency's minor unit: once, or what each band comes to
 */
public record RatedLine(
    String meter,
    long units,
    long billableUnits,
    Price price,
    List<Part> parts,
    Money exact,
    Money amount) {

  public RatedLine {
    parts = List.copyOf(parts);
  }

  /**
   * Units that were paid in the same way.
   *
   * @param units so many; negative where units that were paid before are paid by another band now
   * @param each what {@code per} units cost
   * @param per 1, the units of a second, or those of a package
   * @param flat what was paid besides, however many units
   * @param amount what it comes to, to a billionth
   */
  public record Part(long units, Money each, long per, Money flat, Money amount) {}
}
