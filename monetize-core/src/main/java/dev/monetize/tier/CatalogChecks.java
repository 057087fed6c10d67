// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.price.Price;
import dev.monetize.tier.CatalogDraft.Open;
import dev.monetize.tier.CatalogDraft.Rule;
import dev.monetize.tier.MeterRule.Units;
import dev.monetize.usage.Aggregation;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks that the tiers and endpoints of a catalog fit together. */
final class CatalogChecks {

  private final CatalogDraft draft;
  private final Faults faults;

  CatalogChecks(CatalogDraft draft, Faults faults) {
    this.draft = draft;
    this.faults = faults;
  }

  /** Each tier once, at least one, all in one currency. */
  void names() {
    if (draft.tiers.isEmpty() && !draft.patternsUnread) {
      faults.add(draft.place, "expected at least one tier");
    }
    Set<String> names = new HashSet<>();
    Map<Currency, String> currencies = new LinkedHashMap<>();
    for (TierDraft tier : draft.tiers) {
      String name = tier.tier().name();
      if (!names.add(name)) {
        faults.add(tier.places().whole(), "tier " + Shown.quoted(name) + " is there twice");
      }
      currencies(tier.tier()).forEach(currency -> currencies.putIfAbsent(currency, name));
    }
    if (currencies.size() > 1) {
      faults.add(draft.place, "expected one currency in all tiers, got " + currencies.keySet());
    }
  }

  private static Set<Currency> currencies(Tier tier) {
    Set<Currency> currencies = new LinkedHashSet<>();
    tier.price().map(price -> price.amount().currency()).ifPresent(currencies::add);
    tier.prices().values().stream().map(Price::currency).forEach(currencies::add);
    return currencies;
  }

  /** Each pattern once, and public or sold. */
  void patterns() {
    Map<String, String> sold = new HashMap<>();
    for (TierDraft tier : draft.tiers) {
      tier.tier().endpoints().forEach(p -> sold.putIfAbsent(p.shape(), tier.tier().name()));
    }
    Set<String> open = new HashSet<>();
    for (Open pattern : draft.open) {
      String shape = pattern.pattern().shape();
      String shown = "public " + Shown.quoted(pattern.pattern().toString());
      if (!open.add(shape)) {
        faults.add(pattern.place(), shown + ": this pattern is there twice");
      }
      String tier = sold.get(shape);
      if (tier != null) {
        faults.add(
            pattern.place(),
            shown + ": tier " + Shown.quoted(tier) + " lists it; it is public or sold, not both");
      }
    }
    Set<String> rules = new HashSet<>();
    for (Rule rule : draft.rules) {
      if (!rules.add(rule.pattern().shape())) {
        faults.add(
            rule.places().whole(),
            "endpoints "
                + Shown.quoted(rule.pattern().toString())
                + ": this pattern is there twice");
      }
    }
  }

  /** The tiers, each with what the endpoints demand of it. */
  List<Tier> demanding() {
    Set<String> timed = new HashSet<>();
    Set<String> counted = counted(timed);
    Map<String, Aggregation> meters = new HashMap<>();
    counted.forEach(meter -> meters.put(meter, Aggregation.SUM));
    meters.putAll(draft.aggregations);
    List<Route.Metered> routes = draft.patternsUnread ? List.of() : routes();
    List<Tier> demanding = new ArrayList<>();
    for (TierDraft drafted : draft.tiers) {
      Tier tier = drafted.tier();
      Demands demands = new Demands(meters, counted, timed, dearest(routes, tier));
      if (!draft.metersUnread) {
        DemandChecks.meters(tier, demands, drafted.places(), faults);
      }
      DemandChecks.bursts(tier, demands, drafted.places(), faults);
      demanding.add(tier instanceof SoldTier ours ? ours.demanding(demands) : tier);
    }
    return demanding;
  }

  /** All metered routes; every rule must be on one. */
  private List<Route.Metered> routes() {
    List<Route.Metered> routes = new ArrayList<>();
    try {
      for (Landing landing :
          draft.router(draft.tiers.stream().map(TierDraft::tier).toList()).landings()) {
        if (landing.route() instanceof Route.Metered metered) {
          routes.add(metered);
        }
      }
    } catch (IllegalArgumentException e) {
      faults.add(draft.place, String.valueOf(e.getMessage()));
      throw faults.exception();
    }
    reachable(routes);
    return routes;
  }

  private void reachable(List<Route.Metered> routes) {
    Set<String> reached = new HashSet<>();
    routes.forEach(route -> reached.add(route.endpoint().label()));
    Set<String> shapes = new HashSet<>();
    for (Rule rule : draft.rules) {
      boolean first = shapes.add(rule.pattern().shape());
      if (first && !reached.contains(rule.endpoint().label())) {
        faults.add(
            rule.places().whole(),
            "endpoints %s: no tier can call it, expected a pattern of a tier that matches it"
                .formatted(Shown.quoted(rule.pattern().toString())));
      }
    }
  }

  private Set<String> counted(Set<String> timed) {
    Set<String> meters = new HashSet<>(Set.of(Names.CALLS));
    Set<String> untimed = new HashSet<>();
    for (Rule rule : draft.rules) {
      for (MeterRule meter : rule.endpoint().meters()) {
        meters.add(meter.meter());
        (meter.units() instanceof Units.Elapsed ? timed : untimed).add(meter.meter());
      }
    }
    timed.removeAll(untimed);
    return meters;
  }

  private static Endpoint dearest(List<Route.Metered> routes, Tier tier) {
    Endpoint dearest = Endpoint.of(Router.UNMATCHED);
    for (Route.Metered route : routes) {
      if (route.allows(tier) && route.endpoint().cost() > dearest.cost()) {
        dearest = route.endpoint();
      }
    }
    return dearest;
  }
}
