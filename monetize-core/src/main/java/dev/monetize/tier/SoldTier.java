// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.limit.Limit;
import dev.monetize.price.BasePrice;
import dev.monetize.price.Money;
import dev.monetize.price.Price;
import dev.monetize.quota.PastQuota;
import dev.monetize.quota.Quota;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A tier as a value, made of {@link TierTerms} that were checked. */
final class SoldTier implements Tier {

  private final TierTerms terms;
  private final @Nullable Demands demands;
  private final List<Limit> limits;
  private final List<Quota> quotas;
  private final Map<String, Price> prices;
  private final List<EndpointPattern> endpoints;
  private final Map<String, Object> features;
  private final Set<String> custom;

  /**
   * @param terms that nobody changes any more
   */
  SoldTier(TierTerms terms, @Nullable Demands demands) {
    this.terms = terms;
    this.demands = demands;
    this.limits = List.copyOf(terms.limits());
    this.quotas = quotas(terms);
    this.prices = Collections.unmodifiableMap(prices(terms, quotas));
    this.endpoints = List.copyOf(terms.endpoints);
    this.features = Collections.unmodifiableMap(new LinkedHashMap<>(terms.features));
    this.custom = Collections.unmodifiableSet(terms.custom());
  }

  private static List<Quota> quotas(TierTerms terms) {
    List<Quota> quotas = new ArrayList<>();
    for (Setting<QuotaTerm> quota : terms.quotas) {
      if (quota.set()) {
        quotas.add(quota.value().toQuota(PastRules.decide(terms, quota.value())));
      }
    }
    return List.copyOf(quotas);
  }

  private static Map<String, Price> prices(TierTerms terms, List<Quota> quotas) {
    Map<String, Price> prices = new LinkedHashMap<>();
    for (Quota quota : quotas) {
      Price overage = terms.overage.get(quota.meter());
      if (overage != null && quota.past() instanceof PastQuota.Bill) {
        prices.put(quota.meter(), new Price.IncludedThenOverage(quota.included(), overage));
      }
    }
    prices.putAll(terms.prices);
    return prices;
  }

  /** The same tier, whose customers' own values must meet what a catalog demands. */
  SoldTier demanding(Demands demands) {
    return new SoldTier(terms, demands);
  }

  TierTerms terms() {
    return terms;
  }

  @Override
  public String name() {
    return terms.name;
  }

  @Override
  public Optional<BasePrice> price() {
    Setting<BasePrice> price = terms.price;
    if (price == null) {
      return Optional.of(BasePrice.monthly(Money.zero(terms.currency)));
    }
    return price.set() ? Optional.of(price.value()) : Optional.empty();
  }

  @Override
  public List<Limit> limits() {
    return limits;
  }

  @Override
  public List<Quota> quotas() {
    return quotas;
  }

  @Override
  public Map<String, Price> prices() {
    return prices;
  }

  @Override
  public List<EndpointPattern> endpoints() {
    return endpoints;
  }

  @Override
  public Map<String, Object> features() {
    return features;
  }

  @Override
  public Optional<String> support() {
    return Optional.ofNullable(terms.support);
  }

  @Override
  public Optional<String> sla() {
    return Optional.ofNullable(terms.sla);
  }

  @Override
  public boolean shadow() {
    return terms.shadow;
  }

  @Override
  public Set<String> custom() {
    return custom;
  }

  @Override
  public Tier with(Map<String, String> overrides) {
    if (overrides.isEmpty()) {
      return this;
    }
    Faults faults = new Faults();
    Places places = Places.of("tier " + Shown.quoted(terms.name));
    TierTerms own = terms.copy();
    new Overrides(own, places.whole(), faults).apply(overrides);
    faults.refuse();
    TierChecks.check(own, places, faults);
    faults.refuse();
    SoldTier tier = new SoldTier(own, demands);
    if (demands != null) {
      DemandChecks.meters(tier, demands, places, faults);
      DemandChecks.bursts(tier, demands, places, faults);
      faults.refuse();
    }
    return tier;
  }

  @Override
  public String toString() {
    return "tier " + terms.name;
  }
}
