// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.tier.CatalogDraft.Open;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A catalog for people to read. */
final class CatalogWords {

  private CatalogWords() {}

  static String describe(TierCatalog catalog) {
    StringBuilder words = new StringBuilder();
    List<Tier> tiers = catalog.tiers();
    for (int i = 0; i < tiers.size(); i++) {
      words.append(tier(catalog, i));
    }
    List<Open> open = catalog.draft().open;
    if (!open.isEmpty()) {
      words.append(
          open.stream()
              .map(pattern -> pattern.pattern().toString())
              .collect(Collectors.joining(", ", "public: ", "\n")));
    }
    if (!catalog.draft().aggregations.isEmpty()) {
      words.append(
          catalog.draft().aggregations.entrySet().stream()
              .map(meter -> meter.getKey() + " by " + meter.getValue())
              .collect(Collectors.joining(", ", "meters: ", "\n")));
    }
    return words
        .append("what no pattern matches: ")
        .append(
            switch (catalog.draft().unmatched) {
              case DENY -> "refused (unmatched: deny)";
              case METER -> "counted, for every tier (unmatched: meter)";
              case PASS -> "passes uncounted (unmatched: pass)";
            })
        .append('\n')
        .toString();
  }

  private static String tier(TierCatalog catalog, int index) {
    Tier tier = catalog.tiers().get(index);
    StringBuilder words = new StringBuilder(tier.name()).append('\n');
    words.append("  may call ").append(join(tier.endpoints())).append('\n');
    Set<String> reserved = reserved(catalog, index);
    if (!reserved.isEmpty()) {
      words.append("  but not ").append(String.join(", ", reserved)).append('\n');
    }
    TierWords.of(tier)
        .forEach(
            (property, value) ->
                words.append("  ").append(property).append(": ").append(value).append('\n'));
    return words.toString();
  }

  private static Set<String> reserved(TierCatalog catalog, int index) {
    Sellers sellers = catalog.router().sellers();
    Set<String> reserved = new LinkedHashSet<>();
    for (Landing landing : catalog.router().landings()) {
      sellers
          .reservation(landing.matches(), index)
          .ifPresent(
              pattern ->
                  reserved.add(
                      pattern
                          + " (from "
                          + catalog.tiers().get(sellers.listing(pattern).get(0)).name()
                          + ")"));
    }
    return reserved;
  }

  private static String join(List<EndpointPattern> patterns) {
    return patterns.stream().map(EndpointPattern::toString).collect(Collectors.joining(", "));
  }
}
