// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.tier.TierChanges.Change;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds what differs between two catalogs. */
final class CatalogDifference {

  private static final String CATALOG = "catalog";

  private final TierCatalog before;
  private final TierCatalog after;
  private final List<Change> changes = new ArrayList<>();

  private CatalogDifference(TierCatalog before, TierCatalog after) {
    this.before = before;
    this.after = after;
  }

  static TierChanges between(TierCatalog before, TierCatalog after) {
    CatalogDifference difference = new CatalogDifference(before, after);
    difference.tiers();
    difference.shared();
    return new TierChanges(difference.changes);
  }

  private void tiers() {
    for (Tier old : before.tiers()) {
      Optional<Tier> now = after.tier(old.name());
      if (now.isPresent()) {
        words(old.name(), TierWords.of(old), TierWords.of(now.get()));
        calls(old, now.get());
      } else {
        changes.add(new Change(old.name(), "removed"));
      }
    }
    for (Tier now : after.tiers()) {
      if (before.tier(now.name()).isEmpty()) {
        changes.add(new Change(now.name(), "added"));
      }
    }
  }

  private void words(String subject, Map<String, String> old, Map<String, String> now) {
    Set<String> properties = new LinkedHashSet<>(old.keySet());
    properties.addAll(now.keySet());
    for (String property : properties) {
      String was = old.getOrDefault(property, "none");
      String is = now.getOrDefault(property, "none");
      if (!was.equals(is)) {
        changes.add(new Change(subject, property + " " + was + " -> " + is));
      }
    }
  }

  /** Compares what a tier may call, on an example of every set of patterns that can match. */
  private void calls(Tier old, Tier now) {
    Set<String> gains = new LinkedHashSet<>();
    Set<String> losses = new LinkedHashSet<>();
    for (Landing example : examples()) {
      Route was = before.route(example.method(), example.path());
      Route is = after.route(example.method(), example.path());
      if (allows(is, now) && !allows(was, old)) {
        gains.add(label(example));
      } else if (allows(was, old) && !allows(is, now)) {
        losses.add(label(example));
      }
    }
    gains.forEach(label -> changes.add(new Change(old.name(), "gains " + label)));
    losses.forEach(label -> changes.add(new Change(old.name(), "loses " + label)));
  }

  private List<Landing> examples() {
    List<EndpointPattern> patterns = new ArrayList<>();
    patterns.addAll(before.draft().patterns());
    patterns.addAll(after.draft().patterns());
    return new Router(List.of(), Map.of(), patterns, Unmatched.DENY).landings();
  }

  private static boolean allows(Route route, Tier tier) {
    return route instanceof Route.Metered metered && metered.allows(tier);
  }

  /** The most specific pattern that a tier lists before or after: what is gained or lost. */
  private String label(Landing example) {
    return example.matches().stream()
        .filter(
            pattern ->
                before.router().sellers().sells(pattern) || after.router().sellers().sells(pattern))
        .findFirst()
        .map(EndpointPattern::toString)
        .orElse(Router.UNMATCHED);
  }

  private void shared() {
    words(CATALOG, shared(before), shared(after));
  }

  private static Map<String, String> shared(TierCatalog catalog) {
    Map<String, String> shared = new LinkedHashMap<>();
    shared.put("tiers", String.join(", ", catalog.tiers().stream().map(Tier::name).toList()));
    catalog
        .draft()
        .rules
        .forEach(rule -> shared.put("endpoints " + rule.pattern(), words(rule.endpoint())));
    catalog
        .draft()
        .aggregations
        .forEach((meter, by) -> shared.put("meters." + meter, by.toString()));
    catalog.draft().open.forEach(open -> shared.put("public " + open.pattern(), "open"));
    shared.put("unmatched", catalog.draft().unmatched.toString());
    catalog.upgradeUrl().ifPresent(url -> shared.put("upgrade_url", url));
    return shared;
  }

  private static String words(Endpoint endpoint) {
    StringBuilder words = new StringBuilder("cost " + endpoint.cost());
    for (MeterRule rule : endpoint.meters()) {
      words.append(", %s by %s".formatted(rule.meter(), rule.units()));
      if (rule.estimate() != 1 && !(rule.units() instanceof MeterRule.Units.Fixed)) {
        words.append(" estimated " + rule.estimate());
      }
    }
    return words.append(", billable ").append(endpoint.billable()).toString();
  }
}
