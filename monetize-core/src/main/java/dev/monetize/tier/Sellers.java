// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which tiers list which patterns, and so which may call what. Immutable. */
final class Sellers {

  private final Map<String, List<Integer>> tiersByShape = new HashMap<>();

  /**
   * @param tiers lowest first
   */
  Sellers(List<Tier> tiers) {
    for (int i = 0; i < tiers.size(); i++) {
      for (EndpointPattern pattern : tiers.get(i).endpoints()) {
        List<Integer> listing =
            tiersByShape.computeIfAbsent(pattern.shape(), shape -> new ArrayList<>());
        if (!listing.contains(i)) {
          listing.add(i);
        }
      }
    }
  }

  boolean sells(EndpointPattern pattern) {
    return tiersByShape.containsKey(pattern.shape());
  }

  /** The tiers that list a pattern, lowest first. */
  List<Integer> listing(EndpointPattern pattern) {
    return tiersByShape.getOrDefault(pattern.shape(), List.of());
  }

  /** Whether a tier may call what matches these patterns, the most specific first. */
  boolean allows(List<EndpointPattern> matches, int tier) {
    return own(matches, tier).isPresent() && reservation(matches, tier).isEmpty();
  }

  /** The most specific of the patterns that a tier lists itself. */
  Optional<EndpointPattern> own(List<EndpointPattern> matches, int tier) {
    return matches.stream().filter(pattern -> listing(pattern).contains(tier)).findFirst();
  }

  /**
   * The pattern that keeps a tier from what one of its own matches: a more specific one, that only
   * tiers after it list.
   */
  Optional<EndpointPattern> reservation(List<EndpointPattern> matches, int tier) {
    Optional<EndpointPattern> own = own(matches, tier);
    return own.flatMap(
        best ->
            matches.stream()
                .takeWhile(pattern -> !pattern.equals(best))
                .filter(pattern -> sells(pattern) && listing(pattern).get(0) > tier)
                .findFirst());
  }
}
