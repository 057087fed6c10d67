// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Leads calls to their routes. Immutable. */
final class Router {

  static final String UNMATCHED = "unmatched";

  private static final Route PUBLIC = new Route.Public();
  private static final Route REFUSED = new Route.Unmatched();

  private record Sold(Endpoint endpoint, List<Integer> tiers) {}

  private final List<Tier> tiers;
  private final Sellers sellers;
  private final Map<String, Endpoint> rules = new HashMap<>();
  private final Map<String, EndpointPattern> open = new HashMap<>();
  private final Unmatched unmatched;
  private final Map<String, Endpoint> plain = new HashMap<>();
  private final Map<Sold, Route> sold = new HashMap<>();
  private final List<Landing> landings = new ArrayList<>();
  private final PathTree<MethodRoutes> tree;

  /**
   * @param rules endpoints, by the patterns that their labels are
   * @throws IllegalArgumentException if the patterns tell too many kinds of paths apart
   */
  Router(
      List<Tier> tiers,
      Map<EndpointPattern, Endpoint> rules,
      List<EndpointPattern> publicPatterns,
      Unmatched unmatched) {
    this.tiers = tiers;
    this.sellers = new Sellers(tiers);
    this.unmatched = unmatched;
    Map<String, EndpointPattern> patterns = new LinkedHashMap<>();
    tiers.forEach(tier -> tier.endpoints().forEach(p -> patterns.putIfAbsent(p.shape(), p)));
    rules.forEach(
        (pattern, endpoint) -> {
          patterns.putIfAbsent(pattern.shape(), pattern);
          this.rules.putIfAbsent(pattern.shape(), endpoint);
        });
    publicPatterns.forEach(
        pattern -> {
          patterns.putIfAbsent(pattern.shape(), pattern);
          open.put(pattern.shape(), pattern);
        });
    this.tree = PathTree.of(patterns.values(), this::routes);
  }

  /** Where a call leads; see {@link TierCatalog#route}. */
  Route route(String method, String path) {
    return tree.find(path).of(method);
  }

  /** All there are. */
  List<Landing> landings() {
    return landings;
  }

  Sellers sellers() {
    return sellers;
  }

  private MethodRoutes routes(List<EndpointPattern> matches, String path) {
    List<Landing> own =
        matches.stream()
            .flatMap(pattern -> pattern.method().stream())
            .distinct()
            .map(method -> landing(method, path, matches))
            .toList();
    Landing other = landing(Landing.OTHER, path, matches);
    landings.addAll(own);
    landings.add(other);
    return new MethodRoutes(own, other.route());
  }

  private Landing landing(String method, String path, List<EndpointPattern> matches) {
    List<EndpointPattern> covering =
        matches.stream().filter(pattern -> pattern.covers(method)).toList();
    return new Landing(method, path, covering, route(covering));
  }

  private Route route(List<EndpointPattern> matches) {
    Optional<EndpointPattern> selling = first(matches, sellers::sells);
    Optional<EndpointPattern> opening = first(matches, p -> open.containsKey(p.shape()));
    if (opening.isPresent()
        && (selling.isEmpty()
            || matches.indexOf(opening.get()) <= matches.indexOf(selling.get()))) {
      return PUBLIC;
    }
    Optional<Endpoint> rule =
        first(matches, p -> rules.containsKey(p.shape())).map(p -> rules.get(p.shape()));
    if (selling.isPresent()) {
      Endpoint endpoint = rule.orElseGet(() -> plain(selling.get().toString()));
      return sold(
          endpoint,
          IntStream.range(0, tiers.size())
              .filter(tier -> sellers.allows(matches, tier))
              .boxed()
              .toList());
    }
    return switch (unmatched) {
      case DENY -> REFUSED;
      case PASS -> PUBLIC;
      case METER ->
          sold(
              rule.orElseGet(() -> plain(UNMATCHED)),
              IntStream.range(0, tiers.size()).boxed().toList());
    };
  }

  private Endpoint plain(String label) {
    return plain.computeIfAbsent(label, Endpoint::of);
  }

  private Route sold(Endpoint endpoint, List<Integer> allowed) {
    return sold.computeIfAbsent(
        new Sold(endpoint, allowed),
        key -> new SoldEndpoint(endpoint, allowed.stream().map(tiers::get).toList()));
  }

  private static Optional<EndpointPattern> first(
      List<EndpointPattern> matches, Predicate<EndpointPattern> wanted) {
    return matches.stream().filter(wanted).findFirst();
  }
}
