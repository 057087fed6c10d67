// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Scope;
import dev.monetize.quota.PastQuota;
import dev.monetize.tier.FileNode.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Puts a customer's own values into a tier's terms, read as in a tier file. */
final class Overrides {

  private final TierTerms terms;
  private final Place place;
  private final Faults faults;

  Overrides(TierTerms terms, Place place, Faults faults) {
    this.terms = terms;
    this.place = place;
    this.faults = faults;
  }

  void apply(Map<String, String> overrides) {
    new TreeMap<>(overrides).forEach(this::apply);
  }

  private void apply(String name, String value) {
    if (value == null) {
      faults.add(place, name + ": expected a value, got null");
      return;
    }
    Property property = Property.of(name, place, value, faults);
    if (property.isCustom()) {
      property.refused("expected a value of the customer's own");
      return;
    }
    int dot = name.indexOf('.');
    if (dot < 0) {
      whole(property);
    } else {
      part(name.substring(0, dot), name.substring(dot + 1), property);
    }
  }

  private void whole(Property property) {
    switch (property.name()) {
      case "price" -> Tariff.base(property, terms.currency).ifPresent(price -> terms.price = price);
      case "included_calls" -> quota(Names.CALLS, property);
      case "rate_limit" -> rate(TierTerms.RATE, property);
      case "concurrency" -> concurrency(property);
      case "overage" -> overage(Names.CALLS, property);
      case "overage_cap" -> cap(Names.CALLS, property);
      default -> unknown(property);
    }
  }

  private void part(String section, String name, Property property) {
    String fault = Names.fault(name);
    if (fault != null) {
      faults.add(place, Shown.quoted(property.name()) + ": " + fault);
      return;
    }
    switch (section) {
      case "quotas" -> quota(name, property);
      case "rate_limits" -> namedRate(name, property);
      case "overage" -> overage(name, property);
      case "overage_cap" -> cap(name, property);
      case "prices" ->
          Tariff.units(property, name, terms.currency)
              .ifPresent(price -> terms.prices.put(name, price));
      case "features" ->
          property
              .readScalar(text -> Texts.feature(new Scalar(place, text.text(), false)))
              .ifPresent(value -> terms.features.put(name, value));
      default -> unknown(property);
    }
  }

  private void unknown(Property property) {
    List<String> known = new ArrayList<>(List.of("price", "included_calls", "rate_limit"));
    terms.rates.keySet().stream().map(TierTerms::rateProperty).forEach(known::add);
    known.addAll(
        List.of(
            "concurrency",
            "overage",
            "overage_cap",
            "quotas.<meter>",
            "prices.<meter>",
            "features.<name>"));
    faults.add(
        place,
        "a customer cannot have an own value of %s: expected %s"
            .formatted(
                Shown.quoted(property.name()),
                Suggestions.of(property.name(), known.stream().distinct().toList())));
  }

  private void namedRate(String id, Property property) {
    if (terms.rates.containsKey(id) && !id.equals(TierTerms.RATE)) {
      rate(id, property);
    } else {
      unknown(property);
    }
  }

  private void rate(String id, Property property) {
    Setting<RateLimit> of = terms.rates.get(id);
    RateLimit template = of == null ? RateReader.any(id) : of.value();
    RateReader.own(template, property).ifPresent(rate -> terms.rates.put(id, Setting.of(rate)));
  }

  private void concurrency(Property property) {
    ConcurrencyLimit template =
        terms.concurrency == null
            ? new ConcurrencyLimit(TierTerms.CONCURRENCY, 1, Scope.CUSTOMER, /* shadow= */ false)
            : terms.concurrency.value();
    LimitReader.override(template, property)
        .ifPresent(limit -> terms.concurrency = Setting.of(limit));
  }

  private void overage(String meter, Property property) {
    Tariff.units(property, meter, terms.currency)
        .ifPresent(price -> terms.overage.put(meter, price));
  }

  /** A customer may bound what it can owe more tightly than its tier does, not more loosely. */
  private void cap(String meter, Property property) {
    property.read(Numbers::read).ifPresent(most -> cap(meter, most, property));
  }

  private void cap(String meter, long most, Property property) {
    for (Setting<QuotaTerm> quota : terms.quotas) {
      if (quota.value().meter().equals(meter)
          && PastRules.withoutCap(terms, quota.value()) instanceof PastQuota.Bill bill) {
        if (most > bill.cap().orElse(Long.MAX_VALUE)) {
          property.refused("expected at most the tier's cap of " + bill.cap().getAsLong());
        } else {
          terms.caps.put(meter, most);
        }
        return;
      }
    }
    property.refused("expected a meter that the tier bills past a quota of it");
  }

  private void quota(String meter, Property property) {
    property.read(Allowance::read).ifPresent(allowance -> quota(meter, allowance, property));
  }

  private void quota(String meter, Allowance allowance, Property property) {
    List<Setting<QuotaTerm>> same =
        terms.quotas.stream().filter(quota -> quota.value().meter().equals(meter)).toList();
    if (same.isEmpty()) {
      QuotaTerm template = QuotaReader.template(meter, terms.zone);
      terms.quotas.add(Setting.of(template.allowing(allowance)));
      return;
    }
    List<Setting<QuotaTerm>> meant =
        same.size() == 1
            ? same
            : same.stream().filter(quota -> quota.value().lasts(allowance)).toList();
    if (meant.size() == 1) {
      Setting<QuotaTerm> old = meant.get(0);
      terms.quotas.set(terms.quotas.indexOf(old), Setting.of(old.value().allowing(allowance)));
    } else {
      property.refused("expected the period of one of the tier's quotas of \"" + meter + "\"");
    }
  }
}
