// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.price.Price.Tiered.Mode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a price at Stripe asks for. Amounts are in the currency's minor unit, cents of US dollars,
 * with up to 12 decimals. Two that ask for the same are equal.
 *
 * @param currency as Stripe writes it: {@code usd}
 * @param interval how often it is due: {@code month}, {@code year}
 * @param eventName of the meter whose units it is for; empty: it is due before any usage
 */
public record StripePrice(
    String currency, String interval, Optional<String> eventName, Scheme scheme) {

  public StripePrice {
    Objects.requireNonNull(currency, "currency");
    Objects.requireNonNull(interval, "interval");
    Objects.requireNonNull(eventName, "eventName");
    Objects.requireNonNull(scheme, "scheme");
  }

  /** How units become an amount. */
  public sealed interface Scheme {}

  /** Each unit costs the same. */
  public record PerUnit(BigDecimal each) implements Scheme {

    public PerUnit {
      each = plain(each);
    }
  }

  /**
   * So many units are sold together; what is begun is paid for as a whole.
   *
   * @param each what a package costs
   */
  public record PerPackage(BigDecimal each, long size) implements Scheme {

    public PerPackage {
      each = plain(each);
    }
  }

  /** Units cost what bands say: Stripe calls them tiers. */
  public record Banded(Mode mode, List<Band> bands) implements Scheme {

    public Banded {
      Objects.requireNonNull(mode, "mode");
      bands = List.copyOf(bands);
    }
  }

  /**
   * Units of a {@link Banded} price.
   *
   * @param upTo the last unit in it; empty in the last band
   * @param each what a unit costs
   * @param flat what is paid once, as soon as a unit is paid by this band
   */
  public record Band(OptionalLong upTo, BigDecimal each, BigDecimal flat) {

    public Band {
      Objects.requireNonNull(upTo, "upTo");
      each = plain(each);
      flat = plain(flat);
    }
  }

  /** What no tier file asks for; for people to read. */
  public record Other(String text) implements Scheme {}

  private static BigDecimal plain(BigDecimal amount) {
    BigDecimal stripped = amount.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  /** In what it differs from another, for people to read: {@code currency usd, and not eur}. */
  List<String> differences(StripePrice other) {
    List<String> differences = new ArrayList<>();
    differ("currency", currency, other.currency, differences);
    differ("due each", interval, other.interval, differences);
    differ("meter", eventName.orElse("none"), other.eventName.orElse("none"), differences);
    if (!scheme.equals(other.scheme)) {
      differ("amount", StripePriceText.scheme(this), StripePriceText.scheme(other), differences);
    }
    return differences;
  }

  private static void differ(String what, String is, String was, List<String> differences) {
    if (!is.equals(was)) {
      differences.add(what + " " + is + ", and not " + was);
    }
  }

  /** For people to read, in major units: {@code 49.00 USD/month}. */
  @Override
  public String toString() {
    return StripePriceText.of(this);
  }
}
