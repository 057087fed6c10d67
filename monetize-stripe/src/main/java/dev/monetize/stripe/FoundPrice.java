// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.model.Price;
import dev.monetize.price.Price.Tiered.Mode;
import dev.monetize.stripe.StripePrice.Band;
import dev.monetize.stripe.StripePrice.Banded;
import dev.monetize.stripe.StripePrice.Other;
import dev.monetize.stripe.StripePrice.PerPackage;
import dev.monetize.stripe.StripePrice.PerUnit;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Reads what a price asks for, of the SDK's model. */
final class FoundPrice {

  private FoundPrice() {}

  static StripePrice of(Price price, CatalogFound found) {
    Price.Recurring recurring = price.getRecurring();
    if (recurring == null) {
      return new StripePrice(price.getCurrency(), "once", Optional.empty(), scheme(price));
    }
    Long count = recurring.getIntervalCount();
    String interval =
        count == null || count == 1
            ? recurring.getInterval()
            : count + " " + recurring.getInterval() + "s";
    String meter = recurring.getMeter();
    String event = found.eventName(meter);
    Optional<String> eventName =
        meter == null ? Optional.empty() : Optional.of(event == null ? meter : event);
    return new StripePrice(price.getCurrency(), interval, eventName, scheme(price));
  }

  private static StripePrice.Scheme scheme(Price price) {
    if ("tiered".equals(price.getBillingScheme()) && price.getTiers() != null) {
      List<Band> bands = new ArrayList<>();
      for (Price.Tier tier : price.getTiers()) {
        OptionalLong upTo =
            tier.getUpTo() == null ? OptionalLong.empty() : OptionalLong.of(tier.getUpTo());
        bands.add(
            new Band(
                upTo, orZero(tier.getUnitAmountDecimal()), orZero(tier.getFlatAmountDecimal())));
      }
      return new Banded(
          "volume".equals(price.getTiersMode()) ? Mode.VOLUME : Mode.GRADUATED, bands);
    }
    if (price.getUnitAmountDecimal() == null) {
      return new Other("an amount that is not fixed");
    }
    Price.TransformQuantity transform = price.getTransformQuantity();
    if (transform == null) {
      return new PerUnit(price.getUnitAmountDecimal());
    }
    return "up".equals(transform.getRound())
        ? new PerPackage(price.getUnitAmountDecimal(), transform.getDivideBy())
        : new Other("packages of %d, rounded down".formatted(transform.getDivideBy()));
  }

  private static BigDecimal orZero(@Nullable BigDecimal amount) {
    return amount == null ? BigDecimal.ZERO : amount;
  }
}
