// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.util.Objects;

/**
 * Units counted in a meter.
 *
 * @param units in the meter's smallest unit, at least 0
 */
public record Measure(String meter, long units) {

  public Measure {
    Objects.requireNonNull(meter, "meter");
    if (units < 0) {
      throw new IllegalArgumentException(
          "units must not be negative, got " + units + " (meter \"" + meter + "\")");
    }
  }
}
