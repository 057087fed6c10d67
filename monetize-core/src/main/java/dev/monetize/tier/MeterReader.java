// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.usage.Aggregation;
import java.util.List;
import java.util.Optional;

/** Reads what is said of a meter as such. */
final class MeterReader {

  private MeterReader() {}

  /** Reads {@code {aggregation: max}}. */
  static Optional<Aggregation> read(String meter, Property property) {
    Optional<Section> section = property.section(List.of("aggregation"));
    if (section.isEmpty()) {
      return Optional.empty();
    }
    Optional<Property> aggregation = section.get().inner("aggregation");
    return aggregation.isPresent()
        ? aggregation.get().read(text -> aggregation(meter, text))
        : property.refused("expected aggregation, such as {aggregation: max}");
  }

  static Aggregation aggregation(String meter, String text) {
    for (Aggregation aggregation : Aggregation.values()) {
      if (aggregation.toString().equals(text)) {
        if (meter.equals(Names.CALLS) && aggregation != Aggregation.SUM) {
          throw new IllegalArgumentException("calls are always added up, expected sum");
        }
        return aggregation;
      }
    }
    throw new IllegalArgumentException(
        "expected sum, count, max, min, last, unique or time_weighted_sum");
  }
}
