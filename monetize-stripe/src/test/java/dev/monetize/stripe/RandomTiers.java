// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.price.BasePrice;
import dev.monetize.price.Money;
import dev.monetize.price.Price;
import dev.monetize.price.Price.Band;
import dev.monetize.quota.PastQuota;
import dev.monetize.quota.Quota;
import dev.monetize.quota.QuotaPeriod;
import dev.monetize.tier.Endpoint;
import dev.monetize.tier.MeterRule;
import dev.monetize.tier.Tier;
import dev.monetize.tier.TierBuilder;
import dev.monetize.tier.TierCatalog;
import dev.monetize.tier.TierCatalogBuilder;
import dev.monetize.usage.Aggregation;
import java.util.Currency;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/** Tiers at prices of all kinds that Stripe can be told, and one that costs nothing. */
final class RandomTiers {

  static final List<String> METERS = List.of("calls", "tokens", "compute");

  static final int ALL = 6;

  static final String FREE = "free";

  private final SplittableRandom random;

  RandomTiers(SplittableRandom random) {
    this.random = random;
  }

  TierCatalog catalog() {
    TierCatalogBuilder catalog =
        TierCatalog.builder()
            .meter("tokens", Aggregation.SUM)
            .endpoint(
                Endpoint.of("POST /v1/render")
                    .withMeter(MeterRule.elapsed("compute"))
                    .withMeter(MeterRule.handler("tokens").estimating(1)));
    for (int i = 0; i < ALL; i++) {
      catalog.tier(tier(i));
    }
    catalog.tier(
        Tier.named(FREE)
            .endpoints("/v1/*")
            .price(BasePrice.monthly(Money.zero(dollars())))
            .build());
    return catalog.build();
  }

  private Tier tier(int number) {
    TierBuilder tier = Tier.named("t" + number).endpoints("/v1/*");
    long cents = number == ALL - 1 ? 0 : random.nextInt(30_000);
    tier.price(BasePrice.monthly(new Money(cents * 10_000_000L, dollars())));
    int priced = 0;
    for (String meter : METERS) {
      if (random.nextInt(3) > 0 || (priced == 0 && meter.equals("compute"))) {
        price(tier, meter);
        priced++;
      }
    }
    return tier.build();
  }

  private void price(TierBuilder tier, String meter) {
    if (random.nextBoolean()) {
      long included = 1L + random.nextInt(2000);
      OptionalLong cap =
          !meter.equals("compute") && random.nextBoolean()
              ? OptionalLong.of(included + random.nextInt(3000))
              : OptionalLong.empty();
      tier.quota(
          Quota.of(meter, included, QuotaPeriod.of(QuotaPeriod.Unit.MONTH))
              .withPast(new PastQuota.Bill(cap)));
      tier.overage(meter, random.nextBoolean() ? Price.perUnit(money()) : banded(true, true));
      return;
    }
    tier.price(
        meter,
        switch (random.nextInt(5)) {
          case 0 -> Price.perUnit(money());
          case 1 ->
              meter.equals("compute") ? Price.perSecond(money()) : Price.perPackage(money(), 7);
          case 2 -> Price.perPackage(money(), 1L + random.nextInt(500));
          case 3 -> banded(true, false);
          default -> banded(false, false);
        });
  }

  /** A flat amount of the first unit of all is asked for without use too: there is none. */
  private Price banded(boolean graduated, boolean firstMayBeFlat) {
    Band[] bands = new Band[2 + random.nextInt(3)];
    long upTo = 0;
    for (int i = 0; i < bands.length; i++) {
      upTo = i == bands.length - 1 ? Band.NO_END : upTo + 1 + random.nextInt(900);
      boolean flat = random.nextBoolean() && (i > 0 || firstMayBeFlat);
      Money fee = new Money(flat ? random.nextInt(5_000) * 10_000_000L : 0, dollars());
      bands[i] = new Band(upTo, money(), fee);
    }
    return graduated ? Price.graduated(bands) : Price.volume(bands);
  }

  /** Up to 2 dollars, to a millionth. */
  private Money money() {
    long most = random.nextBoolean() ? 2_000_000 : 20_000;
    return new Money(random.nextLong(most) * 1000, dollars());
  }

  private static Currency dollars() {
    return Money.of("$1").currency();
  }
}
