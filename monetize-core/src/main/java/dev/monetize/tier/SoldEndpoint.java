// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A metered endpoint, and the tiers that may call it. Immutable. */
final class SoldEndpoint implements Route.Metered {

  private final Endpoint endpoint;
  private final Optional<Tier> lowest;
  private final Set<String> names;

  /**
   * @param tiers that may call it, lowest first
   */
  SoldEndpoint(Endpoint endpoint, List<Tier> tiers) {
    this.endpoint = endpoint;
    this.lowest = tiers.stream().findFirst();
    this.names = new HashSet<>(tiers.stream().map(Tier::name).toList());
  }

  @Override
  public Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public boolean allows(Tier tier) {
    return names.contains(tier.name());
  }

  @Override
  public Optional<Tier> lowest() {
    return lowest;
  }

  @Override
  public String toString() {
    return endpoint.label() + " for " + names;
  }
}
