// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.price;

/**
 * A line of an invoice or of its preview. Made by {@link Rating#line}.
 *
 * @param units counted
 * @param billableUnits those of them that have to be paid for
 * @param amount what they cost, rounded to the currency's minor unit
 */
public record RatedLine(String meter, long units, long billableUnits, Price price, Money amount) {}
