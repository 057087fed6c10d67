// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Limit;
import dev.monetize.limit.RateLimit;
import dev.monetize.price.BasePrice;
import dev.monetize.price.Price;
import dev.monetize.quota.PastQuota;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a tier says, as it is gathered from a file, a builder or a customer's values, before it is
 * checked. Mutable, not thread-safe; a {@link SoldTier} keeps a copy that nobody changes.
 */
final class TierTerms {

  /** Id of the limit that the file calls {@code rate_limit}. */
  static final String RATE = "rate";

  /** Id of the limit that the file calls {@code concurrency}. */
  static final String CONCURRENCY = "concurrency";

  final String name;
  Currency currency = Currency.getInstance("USD");
  ZoneId zone = ZoneOffset.UTC;

  @Nullable Setting<BasePrice> price;
  final Map<String, Setting<RateLimit>> rates = new LinkedHashMap<>();
  @Nullable Setting<ConcurrencyLimit> concurrency;
  final List<Setting<QuotaTerm>> quotas = new ArrayList<>();
  @Nullable PastQuota past;
  final Map<String, Price> overage = new LinkedHashMap<>();
  final Map<String, Price> prices = new LinkedHashMap<>();

  /** Units past which a customer wants no overage, by meter; not above what the tier caps. */
  final Map<String, Long> caps = new LinkedHashMap<>();

  final List<EndpointPattern> endpoints = new ArrayList<>();
  final Map<String, Object> features = new LinkedHashMap<>();
  @Nullable String support;
  @Nullable String sla;
  boolean shadow;

  TierTerms(String name) {
    this.name = name;
  }

  TierTerms copy() {
    TierTerms copy = new TierTerms(name);
    copy.currency = currency;
    copy.zone = zone;
    copy.price = price;
    copy.rates.putAll(rates);
    copy.concurrency = concurrency;
    copy.quotas.addAll(quotas);
    copy.past = past;
    copy.overage.putAll(overage);
    copy.prices.putAll(prices);
    copy.caps.putAll(caps);
    copy.endpoints.addAll(endpoints);
    copy.features.putAll(features);
    copy.support = support;
    copy.sla = sla;
    copy.shadow = shadow;
    return copy;
  }

  /** Limits that are set. */
  List<Limit> limits() {
    List<Limit> limits = new ArrayList<>();
    rates.values().stream().filter(Setting::set).map(Setting::value).forEach(limits::add);
    if (concurrency != null && concurrency.set()) {
      limits.add(concurrency.value());
    }
    return limits;
  }

  /** Properties that wait for a value of the customer's own. */
  Set<String> custom() {
    Set<String> custom = new LinkedHashSet<>();
    if (price != null && !price.set()) {
      custom.add("price");
    }
    quotas.stream()
        .filter(quota -> !quota.set())
        .forEach(quota -> custom.add(quotaProperty(quota.value().meter())));
    rates.forEach(
        (id, rate) -> {
          if (!rate.set()) {
            custom.add(rateProperty(id));
          }
        });
    if (concurrency != null && !concurrency.set()) {
      custom.add("concurrency");
    }
    return custom;
  }

  /** Name of the property that a rate limit is set by. */
  static String rateProperty(String id) {
    return id.equals(RATE) ? "rate_limit" : "rate_limits." + id;
  }

  /** Name of the property that a quota is set by. */
  static String quotaProperty(String meter) {
    return meter.equals(Names.CALLS) ? "included_calls" : "quotas." + meter;
  }

  /** Name of the property that a cap on overage is set by. */
  static String capProperty(String meter) {
    return meter.equals(Names.CALLS) ? "overage_cap" : "overage_cap." + meter;
  }

  /** Name of the property that an overage price is set by. */
  static String overageProperty(String meter) {
    return meter.equals(Names.CALLS) ? "overage" : "overage." + meter;
  }
}
