// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.price.Price;
import dev.monetize.usage.Aggregation;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Tiers, from lowest to highest, with the endpoints they share. Immutable.
 *
 * <p>A tier may call what its own patterns match, except what a more specific pattern reserves for
 * tiers listed after it. More specific is, segment by segment, a literal before a {@code
 * {variable}} before a final {@code *}, and at equal paths a pattern with a method before one
 * without.
 *
 * <p>A path is public where its most specific public pattern is more specific than every pattern of
 * a tier that matches it too; so {@code /v1/health} can be public within {@code /v1/*}, and a
 * public {@code /*} opens nothing that a tier sells.
 *
 * <pre>{@code
 * TierCatalog catalog = TierCatalog.load(Path.of("tiers.yml"));
 * }</pre>
 */
public final class TierCatalog {

  private final List<Tier> tiers;
  private final Map<String, Tier> byName = new LinkedHashMap<>();
  private final CatalogDraft draft;
  private final Router router;
  private final List<Endpoint> endpoints;
  private final Map<String, Aggregation> aggregations;

  TierCatalog(CatalogDraft draft, List<Tier> tiers, Router router) {
    this.draft = draft;
    this.tiers = List.copyOf(tiers);
    this.router = router;
    tiers.forEach(tier -> byName.put(tier.name(), tier));
    Set<Endpoint> reached = new LinkedHashSet<>();
    for (Landing landing : router.landings()) {
      if (landing.route() instanceof Route.Metered metered) {
        reached.add(metered.endpoint());
      }
    }
    this.endpoints = List.copyOf(reached);
    this.aggregations = Collections.unmodifiableMap(aggregations(reached, draft));
  }

  private static Map<String, Aggregation> aggregations(
      Set<Endpoint> endpoints, CatalogDraft draft) {
    Map<String, Aggregation> meters = new LinkedHashMap<>(Map.of(Names.CALLS, Aggregation.SUM));
    endpoints.forEach(
        endpoint -> endpoint.meters().forEach(rule -> meters.put(rule.meter(), Aggregation.SUM)));
    meters.putAll(draft.aggregations);
    return meters;
  }

  /**
   * Reads a tier file: JSON if its name ends in {@code .json}, else YAML.
   *
   * @throws TierFaultsException if it is no good, with every fault found
   */
  public static TierCatalog load(Path file) {
    return CatalogReader.read(FileText.of(file), Optional.of(file));
  }

  /**
   * Reads the text of a tier file.
   *
   * @param name as it is shown in faults; JSON if it ends in {@code .json}, else YAML
   * @throws TierFaultsException if it is no good, with every fault found
   */
  public static TierCatalog parse(String name, String text) {
    return CatalogReader.read(FileText.of(name, text), Optional.empty());
  }

  /**
   * A catalog of nothing but tiers.
   *
   * @param tiers lowest first
   * @throws TierFaultsException if they are no good, with every fault found
   */
  public static TierCatalog of(Tier... tiers) {
    TierCatalogBuilder builder = builder();
    List.of(tiers).forEach(builder::tier);
    return builder.build();
  }

  /** Begins a catalog. */
  public static TierCatalogBuilder builder() {
    return new TierCatalogBuilder();
  }

  /** The tiers, lowest first. */
  public List<Tier> tiers() {
    return tiers;
  }

  /** A tier by name. */
  public Optional<Tier> tier(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /**
   * Where a call leads. Allocates nothing. HEAD is treated as GET, {@code /v1/x/} as {@code /v1/x};
   * case matters.
   *
   * @param path decoded, in normal form, beginning with a slash
   */
  public Route route(String method, String path) {
    return router.route(method, path);
  }

  /** The endpoints that {@link #route} can lead to. */
  public List<Endpoint> endpoints() {
    return endpoints;
  }

  /**
   * Names of all meters that endpoints count or that were declared, {@code calls} first; others
   * cannot be priced or limited.
   */
  public List<String> meters() {
    return List.copyOf(aggregations.keySet());
  }

  /** How the units of each of {@link #meters} become one number. */
  public Map<String, Aggregation> aggregations() {
    return aggregations;
  }

  /**
   * Whether a tier may call any path of an endpoint.
   *
   * @param endpoint one of {@link #endpoints}
   */
  public boolean reaches(Tier tier, Endpoint endpoint) {
    for (Landing landing : router.landings()) {
      if (landing.route() instanceof Route.Metered metered
          && metered.endpoint().label().equals(endpoint.label())
          && metered.allows(tier)) {
        return true;
      }
    }
    return false;
  }

  /** The currency of all prices; US dollars where there is no price. */
  public Currency currency() {
    return tiers.stream()
        .flatMap(
            tier ->
                Stream.concat(
                    tier.price().map(price -> price.amount().currency()).stream(),
                    tier.prices().values().stream().map(Price::currency)))
        .findFirst()
        .orElseGet(() -> Currency.getInstance("USD"));
  }

  /** Where customers upgrade, for the link in refusals. */
  public Optional<String> upgradeUrl() {
    return draft.upgradeUrl;
  }

  /** The file it was read from. */
  public Optional<Path> source() {
    return draft.source;
  }

  /** What each tier may call, and where its limits are, for people to read; several lines. */
  public String describe() {
    return CatalogWords.describe(this);
  }

  /** What would change if another catalog took the place of this one. */
  public TierChanges changesTo(TierCatalog next) {
    return CatalogDifference.between(this, next);
  }

  CatalogDraft draft() {
    return draft;
  }

  Router router() {
    return router;
  }

  @Override
  public String toString() {
    return "tiers " + byName.keySet();
  }
}
