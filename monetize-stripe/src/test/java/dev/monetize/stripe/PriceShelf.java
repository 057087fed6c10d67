// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.param.PriceCreateParams;
import com.stripe.param.PriceCreateParams.BillingScheme;
import com.stripe.param.PriceCreateParams.Recurring;
import com.stripe.param.PriceCreateParams.TiersMode;
import com.stripe.param.PriceCreateParams.TransformQuantity;
import com.stripe.param.ProductCreateParams;
import com.stripe.param.billing.MeterCreateParams;
import dev.monetize.price.Money;
import dev.monetize.price.Price;
import dev.monetize.price.Price.Band;
import dev.monetize.quota.PastQuota;
import dev.monetize.tier.Tier;
import dev.monetize.tier.TierCatalog;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The prices of a catalog, made at a Stripe. */
final class PriceShelf {

  /** By tier, what it costs before usage first. */
  final Map<String, List<String>> prices = new HashMap<>();

  /** Our meters, by the id of a metered price. */
  final Map<String, String> metered = new HashMap<>();

  private final StripeClient client;

  PriceShelf(StripeClient client, TierCatalog catalog) throws StripeException {
    this.client = client;
    Map<String, String> meters = new HashMap<>();
    for (String meter : RandomTiers.METERS) {
      MeterCreateParams params =
          MeterCreateParams.builder()
              .setDisplayName(meter)
              .setEventName("our_" + meter)
              .setDefaultAggregation(
                  MeterCreateParams.DefaultAggregation.builder()
                      .setFormula(MeterCreateParams.DefaultAggregation.Formula.SUM)
                      .build())
              .build();
      meters.put(meter, client.v1().billing().meters().create(params).getId());
    }
    for (Tier tier : catalog.tiers()) {
      add(tier, meters);
    }
  }

  private void add(Tier tier, Map<String, String> meters) throws StripeException {
    String product =
        client
            .v1()
            .products()
            .create(ProductCreateParams.builder().setName(tier.name()).build())
            .getId();
    List<String> ids = new ArrayList<>();
    prices.put(tier.name(), ids);
    Money base = tier.price().orElseThrow().amount();
    if (!base.isZero()) {
      ids.add(create(product, null, builder -> builder.setUnitAmountDecimal(cents(base))));
    }
    for (Map.Entry<String, Price> price : tier.prices().entrySet()) {
      long cap =
          tier.quotas().stream()
              .filter(quota -> quota.meter().equals(price.getKey()))
              .flatMap(quota -> ((PastQuota.Bill) quota.past()).cap().stream().boxed())
              .findFirst()
              .orElse(Band.NO_END);
      String id =
          create(
              product,
              meters.get(price.getKey()),
              builder -> terms(price.getValue(), cap, builder));
      ids.add(id);
      metered.put(id, price.getKey());
    }
  }

  private interface Terms {
    void to(PriceCreateParams.Builder builder);
  }

  private String create(String product, String meter, Terms terms) throws StripeException {
    Recurring.Builder month = Recurring.builder().setInterval(Recurring.Interval.MONTH);
    if (meter != null) {
      month.setUsageType(Recurring.UsageType.METERED).setMeter(meter);
    }
    PriceCreateParams.Builder builder =
        PriceCreateParams.builder()
            .setCurrency("usd")
            .setProduct(product)
            .setRecurring(month.build());
    terms.to(builder);
    return client.v1().prices().create(builder.build()).getId();
  }

  private static void terms(Price price, long cap, PriceCreateParams.Builder builder) {
    if (price instanceof Price.PerUnit each) {
      builder.setUnitAmountDecimal(cents(each.each()));
    } else if (price instanceof Price.PerSecond second) {
      builder.setUnitAmountDecimal(
          cents(second.each()).divide(BigDecimal.valueOf(second.unitsPerSecond())));
    } else if (price instanceof Price.PerPackage pack) {
      builder.setUnitAmountDecimal(cents(pack.each()));
      builder.setTransformQuantity(
          TransformQuantity.builder()
              .setDivideBy(pack.size())
              .setRound(TransformQuantity.Round.UP)
              .build());
    } else if (price instanceof Price.Tiered tiered) {
      boolean volume = tiered.mode() == Price.Tiered.Mode.VOLUME;
      bands(tiered.bands(), volume ? TiersMode.VOLUME : TiersMode.GRADUATED, builder);
    } else if (price instanceof Price.IncludedThenOverage hybrid) {
      bands(cut(hybrid, cap), TiersMode.GRADUATED, builder);
    }
  }

  private static void bands(List<Band> bands, TiersMode mode, PriceCreateParams.Builder builder) {
    builder.setBillingScheme(BillingScheme.TIERED).setTiersMode(mode);
    for (Band band : bands) {
      PriceCreateParams.Tier.Builder tier =
          PriceCreateParams.Tier.builder().setUnitAmountDecimal(cents(band.each()));
      if (!band.flat().isZero()) {
        tier.setFlatAmountDecimal(cents(band.flat()));
      }
      builder.addTier(
          band.upTo() == Band.NO_END
              ? tier.setUpTo(PriceCreateParams.Tier.UpTo.INF).build()
              : tier.setUpTo(band.upTo()).build());
    }
  }

  /** What is included, and what lies past the cap, costs nothing. */
  private static List<Band> cut(Price.IncludedThenOverage price, long cap) {
    Money none = Money.zero(price.currency());
    List<Band> own =
        price.overage() instanceof Price.Tiered tiered
            ? tiered.bands()
            : List.of(Band.of(Band.NO_END, ((Price.PerUnit) price.overage()).each()));
    List<Band> cut = new ArrayList<>();
    cut.add(Band.of(price.included(), none));
    long from = price.included();
    for (Band band : own) {
      long end = band.upTo() == Band.NO_END ? Band.NO_END : band.upTo() + price.included();
      if (from < Math.min(end, cap)) {
        cut.add(new Band(Math.min(end, cap), band.each(), band.flat()));
      }
      from = end;
    }
    if (cap != Band.NO_END) {
      cut.add(Band.of(Band.NO_END, none));
    }
    return cut;
  }

  private static BigDecimal cents(Money amount) {
    BigDecimal cents = amount.amount().movePointRight(2).stripTrailingZeros();
    return cents.setScale(Math.max(0, cents.scale()));
  }
}
