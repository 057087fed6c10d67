// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Limit;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Scope;
import dev.monetize.price.BasePrice;
import dev.monetize.price.Money;
import dev.monetize.price.Price;
import dev.monetize.quota.PastQuota;
import dev.monetize.quota.Quota;
import dev.monetize.quota.QuotaPeriod;
import java.time.Duration;

/**
 * Builds a {@link Tier}. What is not said is as in a tier file: no price, no limit, no quota. Not
 * thread-safe.
 *
 * <pre>{@code
 * Tier pro =
 *     Tier.named("pro")
 *         .price(BasePrice.monthly(Money.of("$49")))
 *         .includedCalls(50_000, QuotaPeriod.Unit.MONTH)
 *         .overage(Money.of("$0.002"))
 *         .rateLimit(100, Duration.ofMinutes(1))
 *         .endpoints("/v1/*")
 *         .build();
 * }</pre>
 */
public final class TierBuilder {

  private final TierTerms terms;
  private final Place place;
  private final Faults faults = new Faults();

  TierBuilder(String name) {
    terms = new TierTerms(name);
    place = Place.of("tier " + Shown.quoted(name));
  }

  /** What it costs before any usage. */
  public TierBuilder price(BasePrice price) {
    terms.price = Setting.of(price);
    terms.currency = price.amount().currency();
    return this;
  }

  /** Calls included in each period, by the subscription's anchor or the UTC calendar. */
  public TierBuilder includedCalls(long calls, QuotaPeriod.Unit period) {
    return quota(Names.CALLS, calls, period);
  }

  /** Units of a meter included in each period, by the subscription's anchor or the UTC calendar. */
  public TierBuilder quota(String meter, long included, QuotaPeriod.Unit period) {
    terms.quotas.add(
        Setting.of(
            new QuotaTerm(meter, included, QuotaPeriod.of(period), null, Scope.CUSTOMER, false)));
    return this;
  }

  /** A quota, with what happens past it. */
  public TierBuilder quota(Quota quota) {
    terms.quotas.add(Setting.of(QuotaTerm.of(quota)));
    return this;
  }

  /** What happens past quotas that do not say it: by default billed where there is an overage. */
  public TierBuilder pastQuota(PastQuota past) {
    terms.past = past;
    return this;
  }

  /** The rate limit: so many calls per period, burst as large. */
  public TierBuilder rateLimit(long calls, Duration period) {
    return limit(RateLimit.of(TierTerms.RATE, calls, period));
  }

  /**
   * A rate or concurrency limit. The file's {@code rate_limit} has the id {@code rate}, its {@code
   * concurrency} the id {@code concurrency}.
   *
   * @throws IllegalArgumentException if it is a window limit: those are quotas
   */
  public TierBuilder limit(Limit limit) {
    if (limit instanceof RateLimit rate) {
      if (terms.rates.putIfAbsent(rate.id(), Setting.of(rate)) != null) {
        faults.add(place, TierTerms.rateProperty(rate.id()) + ": is there twice");
      }
    } else if (limit instanceof ConcurrencyLimit concurrency) {
      if (terms.concurrency != null) {
        faults.add(place, "concurrency: is there twice");
      }
      terms.concurrency = Setting.of(concurrency);
    } else {
      throw new IllegalArgumentException("expected a rate or concurrency limit, got " + limit);
    }
    return this;
  }

  /** What a call past the included ones costs. */
  public TierBuilder overage(Money each) {
    return overage(Names.CALLS, Price.perUnit(each));
  }

  /** What units of a meter cost past the included ones. */
  public TierBuilder overage(String meter, Price price) {
    terms.overage.put(meter, price);
    terms.currency = price.currency();
    return this;
  }

  /** What every unit of a meter costs. */
  public TierBuilder price(String meter, Price price) {
    terms.prices.put(meter, price);
    terms.currency = price.currency();
    return this;
  }

  /** What it may call; see {@link EndpointPattern#of}. */
  public TierBuilder endpoints(String... patterns) {
    for (String text : patterns) {
      Property.of("endpoints", place, text, faults)
          .read(EndpointPattern::read)
          .ifPresent(terms.endpoints::add);
    }
    return this;
  }

  /** A feature that it has, or has not. */
  public TierBuilder feature(String name, boolean value) {
    return put(name, value);
  }

  /** A feature with a number. */
  public TierBuilder feature(String name, long value) {
    return put(name, value);
  }

  /** A feature with a text. */
  public TierBuilder feature(String name, String value) {
    return put(name, value);
  }

  private TierBuilder put(String name, Object value) {
    Property.of("features", place, name, faults)
        .read(Names::read)
        .ifPresent(read -> terms.features.put(read, value));
    return this;
  }

  /** Kind of support, for people to read. */
  public TierBuilder support(String support) {
    terms.support = support;
    return this;
  }

  /** Promised availability, for people to read. */
  public TierBuilder sla(String sla) {
    terms.sla = sla;
    return this;
  }

  /** Its limits only report what they would have refused. */
  public TierBuilder shadow() {
    terms.shadow = true;
    return this;
  }

  /**
   * Leaves properties to be set per customer: {@code price}, {@code included_calls}, {@code
   * quotas.<meter>}, {@code rate_limit}, {@code rate_limits.<name>}, {@code concurrency}.
   */
  public TierBuilder custom(String... properties) {
    for (String property : properties) {
      CustomProperty.leave(terms, property, place, faults);
    }
    return this;
  }

  /**
   * The tier.
   *
   * @throws TierFaultsException if something does not fit, with every fault found
   */
  public Tier build() {
    TierTerms own = terms.copy();
    TierChecks.check(own, Places.of(place.source()), faults);
    faults.refuse();
    return new SoldTier(own, null);
  }
}
