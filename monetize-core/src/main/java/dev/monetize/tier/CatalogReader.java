// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.tier.CatalogDraft.Open;
import dev.monetize.tier.CatalogDraft.Rule;
import dev.monetize.tier.FileNode.Entries;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a whole tier file. */
final class CatalogReader {

  static final List<String> PROPERTIES =
      List.of(
          "tiers",
          "endpoints",
          "meters",
          "public",
          "unmatched",
          "currency",
          "time_zone",
          "upgrade_url",
          "shadow");

  private final Faults faults;
  private final Section section;
  private final CatalogDraft draft;

  private CatalogReader(Faults faults, Section section, CatalogDraft draft) {
    this.faults = faults;
    this.section = section;
    this.draft = draft;
  }

  static TierCatalog read(FileText file, Optional<Path> source) {
    Faults faults = new Faults();
    FileNode root = file.isJson() ? JsonTree.read(file, faults) : YamlTree.read(file, faults);
    if (!(root instanceof Entries entries)) {
      faults.add(root.place(), "expected a map with tiers");
      throw faults.exception();
    }
    Property whole = new Property("file", root.place(), root, faults);
    whole.section(PROPERTIES);
    CatalogDraft draft = new CatalogDraft(root.place());
    draft.source = source;
    return new CatalogReader(faults, new Section(whole, entries), draft).read();
  }

  private TierCatalog read() {
    section
        .get("unmatched")
        .flatMap(p -> p.read(CatalogReader::unmatched))
        .ifPresent(unmatched -> draft.unmatched = unmatched);
    draft.upgradeUrl = section.get("upgrade_url").flatMap(p -> p.read(Texts::url));
    tiers();
    section.get("endpoints").ifPresent(this::endpoints);
    section.get("meters").ifPresent(this::meters);
    section.get("public").ifPresent(this::open);
    return draft.finish(faults);
  }

  private void tiers() {
    FileDefaults defaults =
        new FileDefaults(
            section
                .get("currency")
                .flatMap(p -> p.read(CatalogReader::currency))
                .orElse(Currency.getInstance("USD")),
            section.get("time_zone").flatMap(p -> p.read(QuotaReader::zone)).orElse(ZoneOffset.UTC),
            section.get("shadow").flatMap(p -> p.read(Numbers::readTruth)).orElse(false));
    Optional<Section> tiers = section.get("tiers").flatMap(Property::section);
    draft.patternsUnread = section.get("tiers").isPresent() && tiers.isEmpty();
    tiers
        .map(Section::all)
        .orElse(Map.of())
        .forEach((name, property) -> TierReader.read(name, property, defaults, draft));
  }

  private void endpoints(Property property) {
    Optional<Section> endpoints = property.section();
    int before = faults.count();
    endpoints.map(Section::all).orElse(Map.of()).forEach(this::endpoint);
    draft.metersUnread = endpoints.isEmpty() || faults.count() > before;
    draft.patternsUnread |= endpoints.isEmpty();
  }

  private void meters(Property property) {
    int before = faults.count();
    property
        .section()
        .map(Section::named)
        .orElse(Map.of())
        .forEach(
            (name, meter) ->
                MeterReader.read(name, meter).ifPresent(a -> draft.aggregations.put(name, a)));
    draft.metersUnread |= faults.count() > before;
  }

  private void endpoint(String text, Property property) {
    Property key = Property.of("endpoints", property.place(), text, faults);
    Optional<EndpointPattern> pattern = key.read(EndpointPattern::read);
    Property named =
        new Property("endpoints " + Shown.quoted(text), property.place(), property.node(), faults);
    Endpoint endpoint = EndpointReader.endpoint(text, named);
    draft.patternsUnread |= pattern.isEmpty();
    pattern.ifPresent(
        p -> draft.rules.add(new Rule(p, endpoint, new Places(property.place(), new HashMap<>()))));
  }

  private void open(Property property) {
    for (Property item : property.items()) {
      Optional<EndpointPattern> pattern = item.read(EndpointPattern::read);
      draft.patternsUnread |= pattern.isEmpty();
      pattern.ifPresent(p -> draft.open.add(new Open(p, item.place())));
    }
  }

  private static Unmatched unmatched(String text) {
    for (Unmatched unmatched : Unmatched.values()) {
      if (unmatched.toString().equals(text)) {
        return unmatched;
      }
    }
    throw new IllegalArgumentException("expected deny, meter or pass");
  }

  private static Currency currency(String text) {
    try {
      Currency currency = Currency.getInstance(text);
      if (currency.getDefaultFractionDigits() >= 0) {
        return currency;
      }
    } catch (IllegalArgumentException e) {
      // refused below
    }
    throw new IllegalArgumentException("expected an ISO 4217 currency code such as USD");
  }
}
