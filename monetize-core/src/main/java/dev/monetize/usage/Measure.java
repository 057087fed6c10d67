// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

/**
 * Units counted in a meter.
 *
 * @param meter at most {@value UsageEvent#MAX_METER} characters
 * @param units in the meter's smallest unit, at least 0
 */
public record Measure(String meter, long units) {

  public Measure {
    Bounds.length("meter", meter, UsageEvent.MAX_METER);
    if (units < 0) {
      throw new IllegalArgumentException(
          "units must not be negative, got " + units + " (meter \"" + meter + "\")");
    }
  }
}
