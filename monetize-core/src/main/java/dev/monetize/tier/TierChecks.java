// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.limit.Scope;
import dev.monetize.quota.PastQuota;
import dev.monetize.quota.Quota;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks that what a tier says fits together. */
final class TierChecks {

  private static final int MOST_LIMITS = 40;

  /** A usage event names the window of each. */
  private static final int MOST_QUOTAS = 30;

  private final TierTerms terms;
  private final Places places;
  private final Faults faults;

  private TierChecks(TierTerms terms, Places places, Faults faults) {
    this.terms = terms;
    this.places = places;
    this.faults = faults;
  }

  static void check(TierTerms terms, Places places, Faults faults) {
    TierChecks checks = new TierChecks(terms, places, faults);
    checks.name();
    checks.endpoints();
    checks.overage();
    checks.quotas();
    checks.count();
  }

  private void name() {
    String fault = Names.fault(terms.name);
    if (fault != null) {
      faults.add(places.whole(), "tier " + Shown.quoted(terms.name) + ": " + fault);
    }
  }

  private void endpoints() {
    if (terms.endpoints.isEmpty() && !places.has("endpoints")) {
      faults.add(
          places.whole(),
          "tier " + Shown.quoted(terms.name) + ": expected endpoints, such as [/v1/*]");
    }
    Set<String> shapes = new HashSet<>();
    for (EndpointPattern pattern : terms.endpoints) {
      if (!shapes.add(pattern.shape())) {
        fault("endpoints", " \"" + pattern + "\": the tier lists this pattern twice");
      }
    }
  }

  private void overage() {
    for (String meter : terms.overage.keySet()) {
      String property = TierTerms.overageProperty(meter);
      if (terms.prices.containsKey(meter)) {
        fault(property, ": \"" + meter + "\" has a price for every unit in prices already");
      }
      List<QuotaTerm> quotas = quotas(meter);
      if (quotas.isEmpty()) {
        if (!places.has(TierTerms.quotaProperty(meter))) {
          fault(
              property,
              ": expected an included quota of \""
                  + meter
                  + "\" to go past, such as "
                  + TierTerms.quotaProperty(meter)
                  + ": 1000/month; a price for every unit belongs in prices");
        }
      } else if (quotas.stream().noneMatch(this::bills)) {
        fault(property, ": is never billed, since past_quota of \"" + meter + "\" is not bill");
      }
    }
  }

  private void quotas() {
    Set<String> ids = new HashSet<>();
    Set<String> billed = new HashSet<>();
    for (Setting<QuotaTerm> setting : List.copyOf(terms.quotas)) {
      QuotaTerm term = setting.value();
      String property = TierTerms.quotaProperty(term.meter());
      try {
        Quota quota = term.toQuota(PastRules.decide(terms, term));
        if (!ids.add(quota.id())) {
          fault(property, ": expected one quota for each period, got " + quota.id() + " twice");
        }
      } catch (IllegalArgumentException e) {
        fault(property, ": " + e.getMessage());
        terms.quotas.remove(setting); // so that the rest can still be checked
      }
      if (bills(term)) {
        billed(term, property, billed);
      }
    }
  }

  private void billed(QuotaTerm term, String property, Set<String> billed) {
    String meter = term.meter();
    if (!billed.add(meter)) {
      fault(
          property, ": only one quota of \"" + meter + "\" can bill, or units would be paid twice");
    }
    if (term.scope() == Scope.KEY) {
      fault(property, ": a quota per key cannot bill, since the customer pays");
    }
    if (!terms.overage.containsKey(meter) && !overageUnread(meter)) {
      fault(property, ": past_quota bill needs an overage price of \"" + meter + "\"");
    }
  }

  private boolean overageUnread(String meter) {
    return places.has(TierTerms.overageProperty(meter))
        || (places.has("overage") && terms.overage.isEmpty());
  }

  private void count() {
    if (terms.rates.containsKey(TierTerms.CONCURRENCY)
        || (terms.concurrency != null && terms.rates.containsKey(terms.concurrency.value().id()))) {
      fault("concurrency", ": a rate limit has the same id, expected another");
    }
    long throttles =
        terms.quotas.stream()
            .map(Setting::value)
            .filter(quota -> PastRules.decide(terms, quota) instanceof PastQuota.Throttle)
            .count();
    long count =
        terms.rates.size() + terms.quotas.size() + throttles + (terms.concurrency == null ? 0 : 1);
    if (terms.quotas.size() > MOST_QUOTAS) {
      faults.add(
          places.whole(),
          "tier %s: expected at most %d quotas, got %d"
              .formatted(Shown.quoted(terms.name), MOST_QUOTAS, terms.quotas.size()));
    }
    if (count > MOST_LIMITS) {
      faults.add(
          places.whole(),
          "tier %s: expected at most %d limits and quotas, got %d"
              .formatted(Shown.quoted(terms.name), MOST_LIMITS, count));
    }
  }

  private List<QuotaTerm> quotas(String meter) {
    return terms.quotas.stream()
        .map(Setting::value)
        .filter(quota -> quota.meter().equals(meter))
        .toList();
  }

  private boolean bills(QuotaTerm quota) {
    return PastRules.decide(terms, quota) instanceof PastQuota.Bill;
  }

  private void fault(String property, String why) {
    String parent =
        property.contains(".") ? property.substring(0, property.indexOf('.')) : property;
    faults.add(places.at(property, parent), property + why);
  }
}
