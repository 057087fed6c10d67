// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.InvoicePreview.Fixed;
import dev.monetize.InvoicePreview.Fixed.Kind;
import dev.monetize.InvoicePreview.Line;
import dev.monetize.InvoicePreview.Usage;
import dev.monetize.InvoiceTerms.Term;
import dev.monetize.limit.Window;
import dev.monetize.price.BasePrice;
import dev.monetize.price.Money;
import dev.monetize.price.Price;
import dev.monetize.price.RatedLine;
import dev.monetize.price.Rating;
import dev.monetize.price.Span;
import dev.monetize.quota.QuotaPeriod;
import dev.monetize.usage.Ledger;
import dev.monetize.usage.UsageHistory;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Draws up an invoice: base prices, and what units come to. Used once. */
final class InvoiceDrafter {

  private final InvoiceTerms terms;
  private final InvoiceUsage usage;
  private final List<Line> lines = new ArrayList<>();

  InvoiceDrafter(InvoiceTerms terms, Ledger ledger, UsageHistory history) {
    this.terms = terms;
    this.usage = new InvoiceUsage(terms, ledger, history);
  }

  InvoicePreview draft() throws IOException {
    Window period = terms.period();
    if (terms.beforeAll()) {
      nothingDue();
    } else {
      base();
      usage.read();
      usage.uses().forEach(this::used);
    }
    Money total = terms.nothing();
    for (Line line : lines) {
      total = total.plus(line.amount());
    }
    return new InvoicePreview(
        terms.subscription().customer(), time(period.start()), time(period.end()), lines, total);
  }

  private void nothingDue() {
    lines.add(
        new Fixed(
            Kind.BASE,
            terms.subscription().tier(),
            "nothing is due before " + terms.subscription().anchor(),
            time(terms.period().start()),
            time(terms.period().end()),
            terms.nothing(),
            terms.nothing()));
  }

  private void base() {
    Term before = null;
    for (Term term : terms.terms()) {
      Optional<BasePrice> price = term.tier().price();
      if (before == null) {
        price.ifPresentOrElse(due -> due(term, due), () -> unset(term));
      } else if (!price.equals(before.tier().price())) {
        Term old = before;
        old.tier().price().ifPresent(was -> rest(Kind.CREDIT, old, was, term.from()));
        price.ifPresentOrElse(is -> rest(Kind.BASE, term, is, term.from()), () -> unset(term));
      }
      before = term;
    }
  }

  /** The whole price, if its month or year begins with the period. */
  private void due(Term term, BasePrice price) {
    if (window(price, terms.period().start()).start() == terms.period().start()) {
      rest(Kind.BASE, term, price, terms.period().start());
    }
  }

  /** What of a price falls to the time that is left of its month or year. */
  private void rest(Kind kind, Term term, BasePrice price, long at) {
    if (price.amount().isZero()) {
      return;
    }
    Window window = window(price, at);
    Money amount = kind == Kind.CREDIT ? price.amount().times(-1) : price.amount();
    long left = window.end() - at;
    long whole = window.end() - window.start();
    String what = left == whole ? "base price " : "remaining time of ";
    lines.add(
        new Fixed(
            kind,
            term.tier().name(),
            (kind == Kind.CREDIT ? "unused time of " : what) + price,
            time(at),
            time(window.end()),
            Rating.share(amount, left, whole, 9),
            Rating.share(amount, left, whole, amount.currency().getDefaultFractionDigits())));
  }

  private void unset(Term term) {
    Window period = terms.period();
    lines.add(
        new Fixed(
            Kind.BASE,
            term.tier().name(),
            "base price is custom, and was not set for this customer",
            time(Math.max(term.from(), period.start())),
            time(Math.min(term.until(), period.end())),
            terms.nothing(),
            terms.nothing()));
  }

  private Window window(BasePrice price, long second) {
    return terms.window(
        price.per() == BasePrice.Per.MONTH ? QuotaPeriod.Unit.MONTH : QuotaPeriod.Unit.YEAR,
        second);
  }

  private void used(InvoiceUsage.Key key, InvoiceUsage.Use use) {
    if (!(key.price() instanceof Price.IncludedThenOverage)) {
      List<Span> all = List.of(new Span(0, use.units));
      lines.add(
          new Usage(key.tier(), Rating.line(key.meter(), key.price(), use.units, all), use.hours));
      return;
    }
    RatedLine rated = Rating.line(key.meter(), key.price(), use.units, use.spans);
    lines.add(new Usage(key.tier(), rated, use.hours));
    RatedLine capped = Rating.line(key.meter(), key.price(), use.units, use.capped);
    if (capped.billableUnits() < rated.billableUnits()) {
      lines.add(
          new Fixed(
              Kind.CAP,
              key.tier(),
              "%s: %d past the cap are not paid"
                  .formatted(key.meter(), rated.billableUnits() - capped.billableUnits()),
              time(terms.period().start()),
              time(terms.period().end()),
              capped.exact().plus(rated.exact().times(-1)),
              capped.amount().plus(rated.amount().times(-1))));
    }
  }

  private static Instant time(long second) {
    return Instant.ofEpochSecond(second);
  }
}
