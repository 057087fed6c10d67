// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.util.Map;

/** The aggregations of meters in force, for all that is folded by them. Thread-safe. */
final class Aggregations {

  private volatile Map<String, Aggregation> meters;

  Aggregations(Map<String, Aggregation> meters) {
    this.meters = Map.copyOf(meters);
  }

  void change(Map<String, Aggregation> next) {
    meters = Map.copyOf(next);
  }

  Aggregation of(String meter) {
    return meters.getOrDefault(meter, Aggregation.SUM);
  }
}
