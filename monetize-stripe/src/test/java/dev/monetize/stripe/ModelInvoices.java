// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.exception.StripeException;
import dev.monetize.price.Money;
import dev.monetize.price.Price;
import dev.monetize.price.Rating;
import dev.monetize.stripe.ModelStripe.Taken;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Map;

/**
 * Invoices of what a {@link ModelStripe} took, by periods of one length: a draft for an hour, which
 * is late, and final then.
 */
final class ModelInvoices implements BilledInvoices {

  private static final Duration DRAFT = Duration.ofHours(1);

  final Instant anchor;
  final Duration period;
  private final ModelStripe stripe;
  private final InstantSource clock;
  private final Map<String, Price> prices;
  private Duration late = Duration.ZERO;
  private long moreCents;
  private boolean none;
  private boolean foreign;

  ModelInvoices(
      ModelStripe stripe,
      InstantSource clock,
      Map<String, Price> prices,
      Instant anchor,
      Duration period) {
    this.stripe = stripe;
    this.clock = clock;
    this.prices = prices;
    this.anchor = anchor;
    this.period = period;
  }

  /** Has drafts lag behind by so much. */
  void late(Duration value) {
    late = value;
  }

  /** Has each line ask for more than it should. */
  void moreCents(long cents) {
    moreCents = cents;
  }

  /** Has it forget to make invoices. */
  void none(boolean isNone) {
    none = isNone;
  }

  /** Has it bill in a currency that the tiers are not in. */
  void foreign(boolean isForeign) {
    foreign = isForeign;
  }

  Instant start(Instant time) {
    long seconds = time.getEpochSecond() - anchor.getEpochSecond();
    return anchor.plus(period.multipliedBy(Math.floorDiv(seconds, period.toSeconds())));
  }

  @Override
  public Billed of(String customer, Instant since) throws StripeException {
    List<Line> lines = new ArrayList<>();
    Instant now = clock.instant();
    for (Instant from = start(since);
        !none && !from.plus(period).isAfter(now);
        from = from.plus(period)) {
      Instant to = from.plus(period);
      boolean isFinal = !now.isBefore(to.plus(DRAFT));
      Instant seen = isFinal ? to.plus(DRAFT) : now.minus(late);
      for (Map.Entry<String, Price> price : prices.entrySet()) {
        long units = units(customer, price.getKey(), from, to, seen);
        Money cents = Money.of("$0.01").times(moreCents);
        Money amount = Rating.line(price.getKey(), price.getValue(), units).amount().plus(cents);
        lines.add(
            new Line(
                "in_" + from,
                isFinal,
                price.getKey(),
                from,
                BigDecimal.valueOf(units),
                foreign ? new Money(amount.nanos(), Currency.getInstance("EUR")) : amount));
      }
    }
    return new Billed(lines, List.of(new Span(anchor, Instant.MAX)));
  }

  private long units(String customer, String event, Instant from, Instant to, Instant seen) {
    return stripe.taken().stream()
        .filter(one -> one.customer().equals(customer) && one.event().equals(event))
        .filter(one -> isIn(one, from, to) && !one.at().isAfter(seen))
        .mapToLong(Taken::units)
        .sum();
  }

  private static boolean isIn(Taken one, Instant from, Instant to) {
    return one.second() >= from.getEpochSecond() && one.second() < to.getEpochSecond();
  }
}
