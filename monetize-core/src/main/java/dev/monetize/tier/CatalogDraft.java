// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.usage.Aggregation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A catalog to be, as it is gathered from a file or a builder. Mutable, not thread-safe. */
final class CatalogDraft {

  /**
   * A rule for an endpoint.
   *
   * @param places of its properties
   */
  record Rule(EndpointPattern pattern, Endpoint endpoint, Places places) {}

  /** A public pattern. */
  record Open(EndpointPattern pattern, Place place) {}

  final Place place;
  final List<TierDraft> tiers = new ArrayList<>();
  final List<Rule> rules = new ArrayList<>();
  final List<Open> open = new ArrayList<>();

  /** Of meters that something is said of as such. */
  final Map<String, Aggregation> aggregations = new LinkedHashMap<>();

  Unmatched unmatched = Unmatched.DENY;
  Optional<String> upgradeUrl = Optional.empty();
  Optional<Path> source = Optional.empty();

  /** Whether some pattern could not be read, so that nobody can say what leads where. */
  boolean patternsUnread;

  /** Whether some rule could not be read, so that nobody can say which meters there are. */
  boolean metersUnread;

  CatalogDraft(Place place) {
    this.place = place;
  }

  /**
   * The catalog.
   *
   * @throws TierFaultsException if there are faults, or some are found now
   */
  TierCatalog finish(Faults faults) {
    CatalogChecks checks = new CatalogChecks(this, faults);
    checks.names();
    checks.patterns();
    List<Tier> demanding = checks.demanding();
    faults.refuse();
    return new TierCatalog(this, demanding, router(demanding));
  }

  /** Every pattern in it. */
  List<EndpointPattern> patterns() {
    List<EndpointPattern> patterns = new ArrayList<>();
    tiers.forEach(tier -> patterns.addAll(tier.tier().endpoints()));
    rules.forEach(rule -> patterns.add(rule.pattern()));
    open.forEach(pattern -> patterns.add(pattern.pattern()));
    return patterns;
  }

  Router router(List<Tier> ofTiers) {
    Map<EndpointPattern, Endpoint> endpoints = new LinkedHashMap<>();
    rules.forEach(rule -> endpoints.putIfAbsent(rule.pattern(), rule.endpoint()));
    return new Router(ofTiers, endpoints, open.stream().map(Open::pattern).toList(), unmatched);
  }
}
