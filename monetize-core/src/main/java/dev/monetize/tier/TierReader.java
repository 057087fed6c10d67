// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.Currency;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads one tier of a file. */
final class TierReader {

  static final List<String> PROPERTIES =
      List.of(
          "price",
          "included_calls",
          "rate_limit",
          "rate_limits",
          "concurrency",
          "quotas",
          "overage",
          "past_quota",
          "prices",
          "endpoints",
          "features",
          "support",
          "sla",
          "shadow");

  private final Section section;
  private final QuotaReader quotaReader;
  private final Currency currency;
  private final TierTerms terms;
  private final Map<String, Place> places = new HashMap<>();
  private final Property owner;
  private boolean patternsUnread;

  private TierReader(String name, Property owner, Section section, FileDefaults defaults) {
    this.owner = owner;
    this.section = section;
    this.currency = defaults.currency();
    this.quotaReader = new QuotaReader(defaults.zone());
    this.terms = new TierTerms(name);
    this.terms.currency = defaults.currency();
    this.terms.zone = defaults.zone();
    this.terms.shadow = defaults.shadow();
  }

  /** Adds a tier to a catalog. */
  static void read(String name, Property property, FileDefaults defaults, CatalogDraft catalog) {
    Optional<Section> section = property.section(PROPERTIES);
    if (section.isEmpty()) {
      catalog.patternsUnread = true;
      return;
    }
    TierReader reader = new TierReader(name, property, section.get(), defaults);
    catalog.tiers.add(reader.draft());
    catalog.patternsUnread |= reader.patternsUnread;
  }

  private TierDraft draft() {
    get("price").flatMap(p -> Tariff.base(p, currency)).ifPresent(price -> terms.price = price);
    limits();
    quotas();
    prices();
    endpoints();
    get("features").flatMap(Property::section).ifPresent(this::features);
    get("support").flatMap(p -> p.read(Texts::line)).ifPresent(text -> terms.support = text);
    get("sla").flatMap(p -> p.read(Texts::line)).ifPresent(text -> terms.sla = text);
    get("shadow").flatMap(p -> p.read(Numbers::readTruth)).ifPresent(on -> terms.shadow |= on);
    Places all = new Places(owner.place(), places);
    TierChecks.check(terms, all, owner.faults());
    return new TierDraft(new SoldTier(terms, null), all);
  }

  private void limits() {
    get("rate_limit")
        .flatMap(p -> RateReader.read(TierTerms.RATE, p))
        .ifPresent(rate -> terms.rates.put(TierTerms.RATE, rate));
    get("rate_limits").flatMap(Property::section).ifPresent(this::namedLimits);
    get("concurrency")
        .flatMap(LimitReader::concurrency)
        .ifPresent(limit -> terms.concurrency = limit);
  }

  private void namedLimits(Section limits) {
    limits.named().forEach(this::namedLimit);
  }

  private void namedLimit(String id, Property property) {
    places.put(TierTerms.rateProperty(id), property.place());
    if (id.equals(TierTerms.RATE) || id.equals(TierTerms.CONCURRENCY)) {
      owner
          .faults()
          .add(property.place(), property.name() + ": the name is taken, expected another");
    } else {
      RateReader.read(id, property).ifPresent(rate -> terms.rates.put(id, rate));
    }
  }

  private void quotas() {
    Optional<Property> calls = get("included_calls");
    calls.ifPresent(p -> terms.quotas.addAll(quotaReader.quotas(Names.CALLS, p)));
    get("quotas").flatMap(Property::section).ifPresent(s -> s.named().forEach(this::quota));
    get("past_quota").flatMap(QuotaReader::past).ifPresent(past -> terms.past = past);
  }

  private void quota(String meter, Property property) {
    if (meter.equals(Names.CALLS) && section.get("included_calls").isPresent()) {
      property.refused("included_calls says it already");
      return;
    }
    places.put(TierTerms.quotaProperty(meter), property.place());
    terms.quotas.addAll(quotaReader.quotas(meter, property));
  }

  private void prices() {
    Optional<Property> overage = get("overage");
    if (overage.isPresent() && overage.get().isScalar()) {
      overage(Names.CALLS, overage.get());
    } else {
      overage.flatMap(Property::section).ifPresent(s -> s.named().forEach(this::overage));
    }
    get("prices").flatMap(Property::section).ifPresent(s -> s.named().forEach(this::meterPrice));
  }

  private void overage(String meter, Property property) {
    places.put(TierTerms.overageProperty(meter), property.place());
    Tariff.units(property, meter, currency).ifPresent(price -> terms.overage.put(meter, price));
  }

  private void meterPrice(String meter, Property property) {
    places.put("prices." + meter, property.place());
    Tariff.units(property, meter, currency).ifPresent(price -> terms.prices.put(meter, price));
  }

  private void endpoints() {
    Optional<Property> endpoints = get("endpoints");
    List<Property> items = endpoints.map(Property::items).orElse(List.of());
    Set<String> shapes = new HashSet<>();
    items.forEach(
        item -> item.read(EndpointPattern::read).ifPresent(p -> endpoint(p, item, shapes)));
    patternsUnread = shapes.size() < items.size() || items.isEmpty();
    if (endpoints.isPresent() && items.isEmpty()) {
      endpoints.get().refused("expected at least one pattern, such as /v1/*");
    }
  }

  private void endpoint(EndpointPattern pattern, Property item, Set<String> shapes) {
    if (shapes.add(pattern.shape())) {
      terms.endpoints.add(pattern);
    } else {
      item.refused("the tier lists this pattern twice");
    }
  }

  private void features(Section features) {
    features
        .named()
        .forEach(
            (name, property) ->
                property
                    .readScalar(Texts::feature)
                    .ifPresent(value -> terms.features.put(name, value)));
  }

  private Optional<Property> get(String key) {
    Optional<Property> property = section.get(key);
    property.ifPresent(present -> places.put(key, present.place()));
    return property;
  }
}
