// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Gathers faults, so that all are told at once. Not thread-safe. */
final class Faults {

  private record Placed(Place place, String message) {}

  private final List<Placed> placed = new ArrayList<>();

  void add(Place place, String message) {
    Placed fault = new Placed(place, message);
    if (!placed.contains(fault)) {
      placed.add(fault);
    }
  }

  int count() {
    return placed.size();
  }

  boolean isEmpty() {
    return placed.isEmpty();
  }

  /** Refuses if there are any. */
  void refuse() {
    if (!placed.isEmpty()) {
      throw exception();
    }
  }

  /** Those so far, in the order of their places. */
  TierFaultsException exception() {
    return new TierFaultsException(
        placed.stream()
            .sorted(Comparator.comparing(Placed::place))
            .map(fault -> new TierFaultsException.Fault(fault.place().toString(), fault.message()))
            .toList());
  }
}
