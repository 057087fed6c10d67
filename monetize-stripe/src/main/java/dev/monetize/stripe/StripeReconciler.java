// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.exception.StripeException;
import dev.monetize.stripe.Differences.Subject;
import dev.monetize.stripe.UsageComparison.Verdict;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what the ledger has with what Stripe has and bills, to the unit and the cent:
 *
 * <pre>{@code
 * StripeReconciler reconciler =
 *     new StripeReconciler(sink, ledger::units).withInvoices(connection, monetizer::invoicePreview);
 * ReconcileReport report = reconciler.check(customers, periodStart, now);
 * System.out.print(report.text());
 * }</pre>
 *
 * <p>Sums and drafts at Stripe are late, and usage is on its way for a while: a difference is a
 * {@link Verdict#DRIFT} when nothing has changed on either side for {@value #QUIET_MINUTES}
 * minutes, which takes two checks by one reconciler; until then it is {@link Verdict#SETTLING}. So
 * check each half an hour or so, and watch {@link #drifted}. Compare hours that are over and that
 * the sink was given. A ledger that other instances do not share must be compared with meters that
 * others do not report to. Thread-safe.
 */
public final class StripeReconciler {

  /** How long a difference must last. */
  public static final int QUIET_MINUTES = 15;

  private static final Logger log = LoggerFactory.getLogger(StripeReconciler.class);
  private static final long HOUR = 3600;

  private final StripeUsageSink sink;
  private final UsageCount ledger;
  private final @Nullable InvoiceCheck invoices;
  private final Differences differences = new Differences();
  private ReconcileReport last =
      new ReconcileReport(Instant.EPOCH, Instant.EPOCH, Instant.EPOCH, List.of(), List.of());

  /** What is compared. */
  private record Place(String customer, String meter, Instant from, Instant to) {}

  /** What both sides have of an hour. */
  private record Hour(Reported ours, BigDecimal theirs) {

    BigDecimal difference() {
      return ours.difference(theirs);
    }
  }

  /**
   * One that compares a sink's meters, and no invoices.
   *
   * @param ledger what the journal that the sink serves counted
   */
  public StripeReconciler(StripeUsageSink sink, UsageCount ledger) {
    this(sink, ledger, null);
  }

  private StripeReconciler(
      StripeUsageSink sink, UsageCount ledger, @Nullable InvoiceCheck invoices) {
    this.sink = sink;
    this.ledger = ledger;
    this.invoices = invoices;
  }

  /**
   * The same, and compares what invoices bill for the sink's meters: units and money.
   *
   * @param source what is to be paid
   */
  public StripeReconciler withInvoices(StripeConnection connection, InvoiceSource source) {
    return withInvoices(new StripeInvoices(connection), source);
  }

  StripeReconciler withInvoices(BilledInvoices billed, InvoiceSource source) {
    return new StripeReconciler(sink, ledger, new InvoiceCheck(sink, billed, source));
  }

  /**
   * Compares, one call to Stripe after the other: for each customer and meter one, and one more
   * where it differs; for the invoices of a customer two, and more where they have many lines.
   * Customers who are not at Stripe are left out.
   *
   * @param customers ours
   * @param from its full hour begins the time; of invoices, all billing periods that it touches
   * @param to the time ends with the last full hour that ends before it
   */
  public ReconcileReport check(Collection<String> customers, Instant from, Instant to) {
    Instant first = hour(from);
    Instant end = hour(to);
    Instant now = sink.clock().instant();
    List<UsageComparison> lines = new ArrayList<>();
    List<InvoiceComparison> billed = new ArrayList<>();
    for (String customer : customers) {
      Optional<String> there = sink.customers().apply(customer);
      if (there.isPresent()) {
        sink.meters()
            .forEach(
                (meter, event) ->
                    lines.add(
                        compare(new Place(customer, meter, first, end), event, there.get(), now)));
        if (invoices != null) {
          billed.addAll(invoices.of(customer, there.get(), first, end, now));
        }
      }
    }
    ReconcileReport report = new ReconcileReport(now, first, end, lines, billed);
    synchronized (this) {
      last = report;
    }
    return report;
  }

  /** The last report; one of nothing until there is one. */
  public synchronized ReconcileReport last() {
    return last;
  }

  /** {@link ReconcileReport#drifted} of the last report: a gauge to have an alarm on. */
  public int drifted() {
    return last().drifted();
  }

  private static Instant hour(Instant time) {
    return Instant.ofEpochSecond(HOUR * Math.floorDiv(time.getEpochSecond(), HOUR));
  }

  private UsageComparison compare(Place place, String event, String customer, Instant now) {
    Reported ours = ours(place);
    Map<Instant, BigDecimal> hours = new TreeMap<>();
    Optional<BigDecimal> theirs = Optional.empty();
    Verdict verdict = Verdict.UNKNOWN;
    try {
      theirs = Optional.ofNullable(sum(place, event, customer));
      if (theirs.isPresent()) {
        boolean differs = ours.difference(theirs.get()).signum() != 0;
        Map<Instant, Hour> differing = differs ? differing(place, event, customer) : Map.of();
        differing.forEach((hour, both) -> hours.put(hour, both.difference()));
        Subject subject = new Subject(place.customer, place.meter);
        verdict = differences.verdict(subject, place.from, place.to, differing, now);
        verdict = differs && differing.isEmpty() ? Verdict.SETTLING : verdict;
      }
    } catch (StripeException e) {
      log.warn(
          "Stripe did not tell what it has of \"{}\" in \"{}\": {}",
          place.customer,
          place.meter,
          e.getMessage());
      theirs = Optional.empty();
    }
    return new UsageComparison(
        place.customer,
        place.meter,
        ours.ledger(),
        ours.onTheWay(),
        ours.inDoubt(),
        ours.unbilled(),
        theirs,
        theirs.map(ours::difference).orElse(BigDecimal.ZERO),
        verdict,
        hours);
  }

  private @Nullable BigDecimal sum(Place place, String event, String customer)
      throws StripeException {
    return sink.stripe()
        .sum(event, customer, place.from.getEpochSecond(), place.to.getEpochSecond());
  }

  private Reported ours(Place place) {
    // what is on its way is looked at first: what arrives meanwhile makes it settle, not drift
    Reported reported =
        sink.outbox()
            .look(state -> Reported.of(state, place.customer, place.meter, place.from, place.to));
    return reported.counted(ledger.units(place.customer, place.meter, place.from, place.to));
  }

  /** By hour, what both sides have where it differs. */
  private Map<Instant, Hour> differing(Place place, String event, String customer)
      throws StripeException {
    Map<Long, BigDecimal> theirs =
        sink.stripe()
            .hours(event, customer, place.from.getEpochSecond(), place.to.getEpochSecond());
    Map<Instant, Hour> found = new TreeMap<>();
    for (Instant hour = place.from; hour.isBefore(place.to); hour = hour.plusSeconds(HOUR)) {
      Reported ours = ours(new Place(place.customer, place.meter, hour, hour.plusSeconds(HOUR)));
      BigDecimal sum = theirs.getOrDefault(hour.getEpochSecond(), BigDecimal.ZERO);
      Hour both = new Hour(ours, sum.stripTrailingZeros());
      if (both.difference().signum() != 0) {
        found.put(hour, both);
      }
    }
    return found;
  }
}
