// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.price.Money;
import dev.monetize.price.Price;
import dev.monetize.price.RatedLine;
import dev.monetize.price.Rating;
import dev.monetize.usage.UsagePoint;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * What a customer has to pay for a billing period, line by line, by {@link
 * Monetizer#invoicePreview}.
 *
 * @param customer the customer's id
 * @param start when the period begins
 * @param end when it ends, not included
 * @param lines base prices first, then each meter
 * @param total sum of the lines' amounts
 */
public record InvoicePreview(
    String customer, Instant start, Instant end, List<Line> lines, Money total) {

  public InvoicePreview {
    lines = List.copyOf(lines);
  }

  /** A line. */
  public sealed interface Line {

    /** Name of the tier it is of. */
    String tier();

    /** What it is for, for people to read. */
    String description();

    /** What it comes to, to a billionth. */
    Money exact();

    /** The same, rounded half-up to the currency's minor unit, by {@link Rating#line}. */
    Money amount();
  }

  /**
   * An amount that no usage is behind.
   *
   * @param from when the time begins that it is for
   * @param to when that ends
   */
  public record Fixed(
      Kind kind,
      String tier,
      String description,
      Instant from,
      Instant to,
      Money exact,
      Money amount)
      implements Line {

    /** What it is. */
    public enum Kind {
      /** The base price, or what of it is left of the time it is for. */
      BASE,
      /** A base price given back for the time that is left, since another took its place. */
      CREDIT,
      /** What was used past the cap on overage, given back: never more than that is paid. */
      CAP;

      /** As it stands in JSON: {@code base}. */
      @Override
      public String toString() {
        return name().toLowerCase(Locale.ROOT);
      }
    }
  }

  /**
   * Units of a meter that were used under a tier.
   *
   * @param rated the units, and what they cost
   * @param hours what the units consist of: hours that something was used in, cut where the period,
   *     a quota's window or a tier ends
   */
  public record Usage(String tier, RatedLine rated, List<UsagePoint> hours) implements Line {

    public Usage {
      hours = List.copyOf(hours);
    }

    /** Units that cost nothing more than the base price, as a quota includes them. */
    public long included() {
      return rated.units() - rated.billableUnits();
    }

    @Override
    public String description() {
      return rated.meter()
          + ": "
          + rated.units()
          + (rated.price() instanceof Price.IncludedThenOverage
              ? " used, " + included() + " included"
              : " used");
    }

    @Override
    public Money exact() {
      return rated.exact();
    }

    @Override
    public Money amount() {
      return rated.amount();
    }
  }

  /** It for people to read: several lines, without the hours. The same invoice, the same text. */
  public String text() {
    return InvoiceText.text(this);
  }

  /**
   * It as a JSON object on one line, with the hours; amounts are texts, and times in ISO 8601. The
   * same invoice, the same text.
   */
  public String json() {
    return InvoiceText.json(this).toString();
  }
}
