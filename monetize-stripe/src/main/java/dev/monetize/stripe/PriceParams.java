// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.param.PriceCreateParams;
import com.stripe.param.PriceCreateParams.Recurring;
import com.stripe.param.PriceCreateParams.TransformQuantity;
import dev.monetize.price.Price.Tiered.Mode;
import dev.monetize.stripe.StripePrice.Band;
import dev.monetize.stripe.StripePrice.Banded;
import dev.monetize.stripe.StripePrice.PerPackage;
import dev.monetize.stripe.StripePrice.PerUnit;
import java.math.BigDecimal;
import java.util.Locale;

/**
 * Asks Stripe for a price. Decimals are sent as texts, since the SDK would write small ones as
 * {@code 1.5E-7}.
 */
final class PriceParams {

  private static final String UNIT = "unit_amount_decimal";
  private static final String FLAT = "flat_amount_decimal";

  private PriceParams() {}

  /** What it asks for; whose it is and what it is called comes to that. */
  static PriceCreateParams.Builder of(StripePrice price, CatalogIds ids) {
    Recurring.Builder recurring =
        Recurring.builder()
            .setInterval(Recurring.Interval.valueOf(price.interval().toUpperCase(Locale.ROOT)));
    price
        .eventName()
        .ifPresent(
            event ->
                recurring.setUsageType(Recurring.UsageType.METERED).setMeter(ids.meter(event)));
    PriceCreateParams.Builder params =
        PriceCreateParams.builder().setCurrency(price.currency()).setRecurring(recurring.build());
    if (price.scheme() instanceof PerUnit unit) {
      params.putExtraParam(UNIT, unit.each().toPlainString());
    } else if (price.scheme() instanceof PerPackage pack) {
      params
          .putExtraParam(UNIT, pack.each().toPlainString())
          .setTransformQuantity(
              TransformQuantity.builder()
                  .setDivideBy(pack.size())
                  .setRound(TransformQuantity.Round.UP)
                  .build());
    } else if (price.scheme() instanceof Banded banded) {
      params
          .setBillingScheme(PriceCreateParams.BillingScheme.TIERED)
          .setTiersMode(
              banded.mode() == Mode.VOLUME
                  ? PriceCreateParams.TiersMode.VOLUME
                  : PriceCreateParams.TiersMode.GRADUATED);
      banded.bands().forEach(band -> params.addTier(tier(band)));
    } else {
      throw new IllegalStateException("no tier file asks for " + price);
    }
    return params;
  }

  private static PriceCreateParams.Tier tier(Band band) {
    PriceCreateParams.Tier.Builder tier =
        PriceCreateParams.Tier.builder().putExtraParam(UNIT, band.each().toPlainString());
    if (band.flat().compareTo(BigDecimal.ZERO) != 0) {
      tier.putExtraParam(FLAT, band.flat().toPlainString());
    }
    return band.upTo().isPresent()
        ? tier.setUpTo(band.upTo().getAsLong()).build()
        : tier.setUpTo(PriceCreateParams.Tier.UpTo.INF).build();
  }
}
