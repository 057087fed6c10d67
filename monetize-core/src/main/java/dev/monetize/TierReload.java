// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import java.util.List;
import java.util.Map;

/**
 * What came of putting other tiers into force.
 *
 * @param changes what is different, one line each, in the order of the tiers; empty if nothing is
 * @param customers how many customers have each of the tiers that changed
 */
public record TierReload(List<String> changes, Map<String, Long> customers) {

  public TierReload {
    changes = List.copyOf(changes);
    customers = Map.copyOf(customers);
  }
}
