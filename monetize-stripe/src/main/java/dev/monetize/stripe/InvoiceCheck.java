// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.exception.StripeException;
import dev.monetize.InvoicePreview;
import dev.monetize.InvoicePreview.Fixed;
import dev.monetize.InvoicePreview.Usage;
import dev.monetize.price.Money;
import dev.monetize.stripe.BilledInvoices.Billed;
import dev.monetize.stripe.BilledInvoices.Line;
import dev.monetize.stripe.InvoiceComparison.Amounts;
import dev.monetize.stripe.InvoiceComparison.State;
import dev.monetize.stripe.InvoiceComparison.Units;
import dev.monetize.stripe.UsageComparison.Verdict;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares invoices at Stripe with what they should be. Thread-safe. */
final class InvoiceCheck {

  private static final Logger log = LoggerFactory.getLogger(StripeReconciler.class);

  /** Stripe makes the invoice of a period when that ends, or somewhat later. */
  private static final Duration MADE = Duration.ofHours(2);

  private final StripeUsageSink sink;
  private final BilledInvoices stripe;
  private final InvoiceSource ours;
  private final Differences differences = new Differences();

  /** A period by our reckoning, and what of its usage has not arrived. */
  private record Period(InvoicePreview preview, Map<String, Reported> reported) {}

  /** What a meter comes to by our reckoning. */
  private record Expected(boolean isPriced, long units, Money amount) {}

  InvoiceCheck(StripeUsageSink sink, BilledInvoices stripe, InvoiceSource ours) {
    this.sink = sink;
    this.stripe = stripe;
    this.ours = ours;
  }

  /** All billing periods of a customer that some time touches, meter by meter. */
  List<InvoiceComparison> of(
      String customer, String stripeCustomer, Instant from, Instant to, Instant now) {
    List<InvoiceComparison> lines = new ArrayList<>();
    try {
      List<Period> periods = periods(customer, from, to);
      Optional<Billed> billed =
          periods.isEmpty()
              ? Optional.empty()
              : billed(customer, stripeCustomer, periods.get(0).preview.start());
      for (Period period : periods) {
        for (String meter : sink.meters().keySet()) {
          compare(period, meter, billed, now).ifPresent(lines::add);
        }
      }
    } catch (IOException | RuntimeException e) {
      log.warn("what \"{}\" has to pay is not known", customer, e);
      return sink.meters().keySet().stream()
          .map(meter -> InvoiceComparison.unknown(customer, meter, from, to))
          .toList();
    }
    return lines;
  }

  /** Ours is read first: what arrives meanwhile makes it settle, not drift. */
  private List<Period> periods(String customer, Instant from, Instant to) throws IOException {
    List<Period> periods = new ArrayList<>();
    for (Instant at = from; at.isBefore(to); ) {
      InvoicePreview period = ours.preview(customer, at);
      Map<String, Reported> reported = new HashMap<>();
      for (String meter : sink.meters().keySet()) {
        reported.put(
            meter,
            sink.outbox()
                .look(state -> Reported.of(state, customer, meter, period.start(), period.end())));
      }
      periods.add(new Period(ours.preview(customer, at), reported));
      at = period.end();
    }
    return periods;
  }

  private Optional<Billed> billed(String customer, String stripeCustomer, Instant since) {
    try {
      return Optional.of(stripe.of(stripeCustomer, since));
    } catch (StripeException e) {
      log.warn("Stripe did not tell the invoices of \"{}\": {}", customer, e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<InvoiceComparison> compare(
      Period period, String meter, Optional<Billed> billed, Instant now) {
    InvoicePreview preview = period.preview;
    Expected expected = expected(preview, meter);
    String event = Objects.requireNonNull(sink.meters().get(meter));
    List<Line> lines =
        billed.stream()
            .flatMap(all -> all.lines().stream())
            .filter(line -> line.event().equals(event) && isIn(line, preview))
            .toList();
    boolean isBilled = billed.isEmpty() || billed.get().covers(preview.start());
    if (lines.isEmpty() && !(isBilled && expected.isPriced)) {
      return Optional.empty();
    }
    State state = state(lines);
    Reported reported = Objects.requireNonNull(period.reported.get(meter)).priced(expected.units);
    reported = state == State.FINAL ? reported.closed() : reported;
    BigDecimal units = lines.stream().map(Line::units).reduce(BigDecimal.ZERO, BigDecimal::add);
    Money amount = lines.stream().map(Line::amount).reduce(expected.amount.times(0), Money::plus);
    Units both =
        new Units(
            expected.units,
            reported.onTheWay() + reported.inDoubt(),
            reported.unbilled(),
            units.stripTrailingZeros(),
            reported.difference(units).stripTrailingZeros());
    Amounts amounts = Amounts.of(expected.amount, amount);
    InvoiceComparison line =
        new InvoiceComparison(
            preview.customer(),
            meter,
            preview.start(),
            preview.end(),
            lines.stream().map(Line::invoice).distinct().toList(),
            state,
            both,
            amounts,
            Verdict.UNKNOWN);
    return Optional.of(billed.isEmpty() ? line : line.judged(verdict(line, now)));
  }

  private static boolean isIn(Line line, InvoicePreview period) {
    return !line.from().isBefore(period.start()) && line.from().isBefore(period.end());
  }

  private static State state(List<Line> lines) {
    if (lines.isEmpty()) {
      return State.NONE;
    }
    return lines.stream().allMatch(Line::isFinal) ? State.FINAL : State.DRAFT;
  }

  /** What is past a cap, and given back, stands after the line of its meter. */
  private static Expected expected(InvoicePreview preview, String meter) {
    boolean isPriced = false;
    boolean own = false;
    long units = 0;
    Money amount = preview.total().times(0);
    for (InvoicePreview.Line line : preview.lines()) {
      boolean cap = line instanceof Fixed fixed && fixed.kind() == Fixed.Kind.CAP;
      own = cap ? own : line instanceof Usage usage && usage.rated().meter().equals(meter);
      isPriced |= own;
      amount = own ? amount.plus(line.amount()) : amount;
      units += own && line instanceof Usage usage ? usage.rated().units() : 0;
    }
    return new Expected(isPriced, units, amount);
  }

  private Verdict verdict(InvoiceComparison line, Instant now) {
    Units units = line.units();
    boolean early = line.state() == State.NONE && now.isBefore(line.to().plus(MADE));
    if (now.isBefore(line.to()) || early) {
      return Verdict.NOT_YET;
    }
    boolean all = units.billed().compareTo(BigDecimal.valueOf(units.ledger())) == 0;
    boolean differs =
        units.difference().signum() != 0 || (all && !line.amounts().difference().isZero());
    if (!differs && units.onTheWay() > 0) {
      return Verdict.NOT_YET;
    }
    return differences.verdict(
        new Differences.Subject(line.customer(), line.meter()),
        line.from(),
        line.to(),
        differs ? Map.of(line.from(), line) : Map.of(),
        now);
  }
}
