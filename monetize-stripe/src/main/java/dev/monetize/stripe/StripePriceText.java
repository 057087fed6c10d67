// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.price.Price.Tiered.Mode;
import dev.monetize.stripe.StripePrice.Band;
import dev.monetize.stripe.StripePrice.Banded;
import dev.monetize.stripe.StripePrice.Other;
import dev.monetize.stripe.StripePrice.PerPackage;
import dev.monetize.stripe.StripePrice.PerUnit;
import java.math.BigDecimal;
import java.util.Currency;
import java.util.Locale;

/** Prices at Stripe in words. */
final class StripePriceText {

  private StripePriceText() {}

  static String of(StripePrice price) {
    return price.eventName().isEmpty()
        ? scheme(price) + "/" + price.interval()
        : scheme(price) + ", by the " + price.interval();
  }

  static String scheme(StripePrice price) {
    if (price.scheme() instanceof PerUnit unit) {
      String amount = amount(unit.each(), price.currency());
      return price.eventName().isEmpty() ? amount : amount + " each";
    }
    if (price.scheme() instanceof PerPackage pack) {
      return "%s for each %d begun".formatted(amount(pack.each(), price.currency()), pack.size());
    }
    return price.scheme() instanceof Banded banded
        ? banded(banded, price.currency())
        : ((Other) price.scheme()).text();
  }

  private static String banded(Banded banded, String currency) {
    StringBuilder text =
        new StringBuilder(banded.mode() == Mode.VOLUME ? "volume" : "graduated").append(": ");
    for (Band band : banded.bands()) {
      if (band.upTo().isPresent()) {
        text.append("up to ").append(band.upTo().getAsLong()).append(" at ");
      } else {
        text.append(banded.bands().size() == 1 ? "at " : "then at ");
      }
      text.append(amount(band.each(), currency));
      if (band.flat().signum() != 0) {
        text.append(" and ").append(amount(band.flat(), currency)).append(" once");
      }
      text.append(band.upTo().isPresent() ? ", " : "");
    }
    return text.toString();
  }

  static String amount(BigDecimal minor, String currency) {
    String code = currency.toUpperCase(Locale.ROOT);
    int digits = digits(code);
    BigDecimal major = minor.movePointLeft(digits);
    BigDecimal exact = major.signum() == 0 ? BigDecimal.ZERO : major.stripTrailingZeros();
    return exact.setScale(Math.max(digits, exact.scale())).toPlainString() + " " + code;
  }

  private static int digits(String code) {
    try {
      return Math.max(0, Currency.getInstance(code).getDefaultFractionDigits());
    } catch (IllegalArgumentException e) {
      return 2; // one that Stripe has and Java does not
    }
  }
}
