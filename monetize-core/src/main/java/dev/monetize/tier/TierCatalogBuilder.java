// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.tier.CatalogDraft.Open;
import dev.monetize.tier.CatalogDraft.Rule;
import dev.monetize.usage.Aggregation;
import java.util.Optional;

/** Builds a {@link TierCatalog} without a file. Not thread-safe. */
public final class TierCatalogBuilder {

  private final CatalogDraft draft = new CatalogDraft(Place.of("catalog"));
  private final Faults faults = new Faults();

  TierCatalogBuilder() {}

  /** Adds a tier, above those added before. */
  public TierCatalogBuilder tier(Tier tier) {
    draft.tiers.add(new TierDraft(tier, Places.of("tier " + Shown.quoted(tier.name()))));
    return this;
  }

  /**
   * Says what a call costs and counts that matches the endpoint's label and no more specific one.
   *
   * @param endpoint labelled with a pattern; see {@link EndpointPattern#of}
   */
  public TierCatalogBuilder endpoint(Endpoint endpoint) {
    Places places = Places.of("catalog");
    Property.of("endpoints", places.whole(), endpoint.label(), faults)
        .read(EndpointPattern::read)
        .ifPresent(pattern -> draft.rules.add(new Rule(pattern, endpoint, places)));
    return this;
  }

  /**
   * Declares a meter, whether an endpoint counts it or not, and how its units become one number.
   * Quotas and prices need {@link Aggregation#SUM}, which any other meter has; {@code calls} has no
   * other.
   */
  public TierCatalogBuilder meter(String name, Aggregation aggregation) {
    Property meter = Property.of("meters", draft.place, name, faults);
    Property.of("meters." + name, draft.place, aggregation.toString(), faults)
        .read(text -> MeterReader.aggregation(name, text))
        .flatMap(read -> meter.read(Names::read))
        .map(read -> draft.aggregations.put(read, aggregation))
        .ifPresent(former -> meter.refused("this meter is there twice"));
    return this;
  }

  /** Opens endpoints to everybody, uncounted; see {@link EndpointPattern#of}. */
  public TierCatalogBuilder publicEndpoints(String... patterns) {
    for (String text : patterns) {
      Property.of("public", draft.place, text, faults)
          .read(EndpointPattern::read)
          .ifPresent(pattern -> draft.open.add(new Open(pattern, draft.place)));
    }
    return this;
  }

  /** Says what happens to calls that match nothing. */
  public TierCatalogBuilder unmatched(Unmatched unmatched) {
    draft.unmatched = unmatched;
    return this;
  }

  /** Where customers upgrade. */
  public TierCatalogBuilder upgradeUrl(String url) {
    Property.of("upgrade_url", draft.place, url, faults)
        .read(Texts::url)
        .ifPresent(read -> draft.upgradeUrl = Optional.of(read));
    return this;
  }

  /**
   * The catalog.
   *
   * @throws TierFaultsException if something does not fit, with every fault found
   */
  public TierCatalog build() {
    draft.patternsUnread = !faults.isEmpty();
    return draft.finish(faults);
  }
}
