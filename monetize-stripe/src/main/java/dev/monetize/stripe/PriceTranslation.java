// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.price.BasePrice;
import dev.monetize.price.Money;
import dev.monetize.price.Price;
import dev.monetize.price.Price.Tiered.Mode;
import dev.monetize.quota.PastQuota;
import dev.monetize.quota.Quota;
import dev.monetize.quota.QuotaPeriod;
import dev.monetize.stripe.StripePrice.Banded;
import dev.monetize.stripe.StripePrice.PerPackage;
import dev.monetize.tier.Tier;
import java.math.BigDecimal;
import java.time.ZoneOffset;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What prices of a tier are at Stripe. A price whose invoices would be others there in ordinary use
 * is refused, with an IllegalArgumentException; where they would be so in rare cases only, that is
 * told.
 */
final class PriceTranslation {

  private static final int DECIMALS = 12;
  private static final String MONTH = "month";
  private static final String YEAR = "year";

  /** Stripe counts these by another minor unit than ISO 4217 and the JDK do. */
  private static final Set<String> OTHER_UNITS = Set.of("ISK", "MGA", "UGX");

  private final Tier tier;
  private final List<String> warnings;

  /**
   * @param warnings are added to
   */
  PriceTranslation(Tier tier, List<String> warnings) {
    this.tier = tier;
    this.warnings = warnings;
  }

  /** Refuses a currency whose amounts Stripe takes by a rule of its own. */
  static void check(Currency currency) {
    int digits = currency.getDefaultFractionDigits();
    if (digits > 2) {
      throw new IllegalArgumentException(
          "Stripe takes no amounts in %s to its last decimal, and invoices would differ"
              .formatted(currency));
    }
    if (OTHER_UNITS.contains(currency.getCurrencyCode())) {
      throw new IllegalArgumentException(
          "Stripe counts %s in another minor unit than ISO 4217, and invoices would differ"
              .formatted(currency));
    }
  }

  StripePrice base(BasePrice price) {
    return new StripePrice(
        code(price.amount().currency()),
        price.per() == BasePrice.Per.MONTH ? MONTH : YEAR,
        Optional.empty(),
        new StripePrice.PerUnit(minor(price.amount(), 1)));
  }

  StripePrice metered(String meter, Price price, String eventName) {
    Optional<Quota> quota =
        price instanceof Price.IncludedThenOverage
            ? tier.quotas().stream()
                .filter(each -> each.meter().equals(meter))
                .filter(each -> each.past() instanceof PastQuota.Bill)
                .findFirst()
            : Optional.empty();
    return new StripePrice(
        code(price.currency()),
        quota.map(this::interval).orElse(MONTH),
        Optional.of(eventName),
        scheme(meter, price, quota.map(PriceTranslation::cap).orElse(OptionalLong.empty())));
  }

  private static OptionalLong cap(Quota quota) {
    return quota.past() instanceof PastQuota.Bill bill ? bill.cap() : OptionalLong.empty();
  }

  /** Stripe has one allowance in each of its billing periods, which begin with a subscription. */
  private String interval(Quota quota) {
    QuotaPeriod period = quota.period();
    boolean month = period.unit() == QuotaPeriod.Unit.MONTH;
    boolean year = period.unit() == QuotaPeriod.Unit.YEAR;
    if (period.count() != 1 || !(month || year)) {
      throw new IllegalArgumentException(
          "%s are included by the %s, and Stripe can only include units of a billing period: make it a month or year, or block past it"
              .formatted(quota.meter(), period));
    }
    if (period.start() == QuotaPeriod.Start.CALENDAR) {
      throw new IllegalArgumentException(
          "%s are included by the calendar, and Stripe's billing periods begin when a customer subscribes: leave the calendar away, or block past it"
              .formatted(quota.meter()));
    }
    if (!period.zone().normalized().equals(ZoneOffset.UTC)) {
      warn(
          "%s are included by the time of %s, and billing periods are by UTC: what is used in the hour or so between may be on another invoice"
              .formatted(quota.meter(), period.zone()));
    }
    if (year) {
      warn(
          "%s are included by the year: Stripe asks for what is used beyond when the year ends, and not month by month"
              .formatted(quota.meter()));
    }
    return month ? MONTH : YEAR;
  }

  private StripePrice.Scheme scheme(String meter, Price price, OptionalLong cap) {
    long included = price instanceof Price.IncludedThenOverage hybrid ? hybrid.included() : 0;
    Price unit = price instanceof Price.IncludedThenOverage hybrid ? hybrid.overage() : price;
    boolean cut = included > 0 || cap.isPresent();
    if (unit instanceof Price.PerPackage pack) {
      if (cut) {
        throw onlyWhole(meter, "by the package");
      }
      return new PerPackage(minor(pack.each(), 1), pack.size());
    }
    if (unit instanceof Price.Tiered tiered
        && tiered.mode() == Mode.VOLUME
        && tiered.bands().size() > 1) {
      if (cut) {
        throw onlyWhole(meter, "by volume");
      }
      return told(meter, new Banded(Mode.VOLUME, bands(tiered)));
    }
    List<StripePrice.Band> bands = BandCuts.cut(bands(unit), included, cap);
    return bands.size() == 1 && bands.get(0).flat().signum() == 0
        ? new StripePrice.PerUnit(bands.get(0).each())
        : told(meter, new Banded(Mode.GRADUATED, bands));
  }

  private static IllegalArgumentException onlyWhole(String meter, String how) {
    return new IllegalArgumentException(
        "%s beyond what is included are priced %s, which Stripe can only do from the first unit on: price them each, or in graduated bands"
            .formatted(meter, how));
  }

  private static List<StripePrice.Band> bands(Price unit) {
    if (unit instanceof Price.Tiered tiered) {
      return tiered.bands().stream()
          .map(
              band ->
                  new StripePrice.Band(
                      band.upTo() == Price.Band.NO_END
                          ? OptionalLong.empty()
                          : OptionalLong.of(band.upTo()),
                      minor(band.each(), 1),
                      minor(band.flat(), 1)))
          .toList();
    }
    BigDecimal each =
        unit instanceof Price.PerSecond second
            ? minor(second.each(), second.unitsPerSecond())
            : minor(((Price.PerUnit) unit).each(), 1);
    return List.of(new StripePrice.Band(OptionalLong.empty(), each, BigDecimal.ZERO));
  }

  /** Tells in which rare cases bands come to something else. */
  private Banded told(String meter, Banded banded) {
    if (banded.bands().get(0).flat().signum() != 0) {
      warn(
          "%s: Stripe asks for the first band's flat amount, %s, in a period without any use too"
              .formatted(
                  meter,
                  StripePriceText.amount(banded.bands().get(0).flat(), code(currency(meter)))));
    }
    return banded;
  }

  private Currency currency(String meter) {
    return Objects.requireNonNull(tier.prices().get(meter)).currency();
  }

  private void warn(String text) {
    warnings.add("tier " + tier.name() + ": " + text);
  }

  private static String code(Currency currency) {
    return currency.getCurrencyCode().toLowerCase(Locale.ROOT);
  }

  /** A share of an amount in the currency's minor unit. */
  private static BigDecimal minor(Money amount, long parts) {
    BigDecimal minor = amount.amount().movePointRight(amount.currency().getDefaultFractionDigits());
    try {
      BigDecimal share = minor.divide(BigDecimal.valueOf(parts)).stripTrailingZeros();
      if (share.scale() <= DECIMALS) {
        return share;
      }
    } catch (ArithmeticException e) {
      // has no end
    }
    throw new IllegalArgumentException(
        "%s for %d units is no price for one that Stripe takes, which has at most %d decimals of the minor unit"
            .formatted(amount, parts, DECIMALS));
  }
}
