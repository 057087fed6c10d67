// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.exception.StripeException;
import dev.monetize.stripe.UsageComparison.Verdict;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what the ledger has with what Stripe has, to the unit:
 *
 * <pre>{@code
 * StripeReconciler reconciler = new StripeReconciler(sink, ledger::units);
 * ReconcileReport report = reconciler.check(customers, periodStart, now);
 * System.out.print(report.text());
 * }</pre>
 *
 * <p>Sums at Stripe are late, and usage is on its way for a while: a difference is a {@link
 * Verdict#DRIFT} when nothing has changed on either side for {@value #QUIET_MINUTES} minutes, which
 * takes two checks of the same period; until then it is {@link Verdict#SETTLING}. Compare hours
 * that are over. A ledger that other instances do not share must be compared with meters that
 * others do not report to. Thread-safe.
 */
public final class StripeReconciler {

  /** How long a difference must last. */
  public static final int QUIET_MINUTES = 15;

  private static final Logger log = LoggerFactory.getLogger(StripeReconciler.class);
  private static final Duration QUIET = Duration.ofMinutes(QUIET_MINUTES);
  private static final long HOUR = 3600;

  private final StripeUsageSink sink;
  private final UsageCount ledger;
  private final Map<Place, Seen> seen = new HashMap<>();
  private ReconcileReport last =
      new ReconcileReport(Instant.EPOCH, Instant.EPOCH, Instant.EPOCH, List.of());

  /** What is compared. */
  private record Place(String customer, String meter, Instant from, Instant to) {}

  /** What our side has. */
  private record Ours(long ledger, long onTheWay, long inDoubt, long dropped, long lastArrival) {

    /** The least that Stripe should have. */
    BigDecimal least() {
      return BigDecimal.valueOf(ledger - onTheWay - inDoubt - dropped);
    }

    BigDecimal most() {
      return BigDecimal.valueOf(ledger - onTheWay - dropped);
    }

    BigDecimal difference(BigDecimal theirs) {
      if (theirs.compareTo(least()) < 0) {
        return theirs.subtract(least());
      }
      return theirs.compareTo(most()) > 0 ? theirs.subtract(most()) : BigDecimal.ZERO;
    }
  }

  /** What was seen, and since when it has been so. */
  private record Seen(Ours ours, BigDecimal theirs, Instant since) {}

  /**
   * One that compares a sink's meters.
   *
   * @param ledger what the journal that the sink serves counted
   */
  public StripeReconciler(StripeUsageSink sink, UsageCount ledger) {
    this.sink = sink;
    this.ledger = ledger;
  }

  /**
   * Compares, with one call to Stripe for each customer and meter, and one more where it differs.
   * Customers who are not at Stripe are left out.
   *
   * @param customers ours
   * @param from its full hour begins the period
   * @param to the period ends with the last full hour that ends before it
   */
  public ReconcileReport check(Collection<String> customers, Instant from, Instant to) {
    Instant first = hour(from);
    Instant end = hour(to);
    Instant now = sink.clock().instant();
    List<UsageComparison> lines = new ArrayList<>();
    for (String customer : customers) {
      Optional<String> there = sink.customers().apply(customer);
      if (there.isPresent()) {
        sink.meters()
            .forEach(
                (meter, event) ->
                    lines.add(
                        compare(new Place(customer, meter, first, end), event, there.get(), now)));
      }
    }
    ReconcileReport report = new ReconcileReport(now, first, end, lines);
    synchronized (this) {
      last = report;
    }
    return report;
  }

  /** The last report; one of nothing until there is one. Its drift is a number to watch. */
  public synchronized ReconcileReport last() {
    return last;
  }

  private static Instant hour(Instant time) {
    return Instant.ofEpochSecond(HOUR * Math.floorDiv(time.getEpochSecond(), HOUR));
  }

  private UsageComparison compare(Place place, String event, String customer, Instant now) {
    long from = place.from.getEpochSecond();
    long to = place.to.getEpochSecond();
    Ours ours = ours(place);
    Map<Instant, BigDecimal> hours = new TreeMap<>();
    Optional<BigDecimal> theirs = Optional.empty();
    try {
      theirs = Optional.ofNullable(sink.stripe().sum(event, customer, from, to));
      if (theirs.isPresent() && ours.difference(theirs.get()).signum() != 0) {
        hours = differences(place, sink.stripe().hours(event, customer, from, to));
      }
    } catch (StripeException e) {
      log.warn(
          "Stripe did not tell what it has of \"{}\" in \"{}\": {}",
          place.customer,
          place.meter,
          e.getMessage());
    }
    BigDecimal difference = theirs.map(ours::difference).orElse(BigDecimal.ZERO);
    Verdict verdict =
        theirs.map(sum -> verdict(place, ours, sum, difference, now)).orElse(Verdict.UNKNOWN);
    return new UsageComparison(
        place.customer,
        place.meter,
        ours.ledger,
        ours.onTheWay,
        ours.inDoubt,
        ours.dropped,
        theirs,
        difference,
        verdict,
        hours);
  }

  private Ours ours(Place place) {
    // what is on its way is looked at first: what arrives meanwhile makes it settle, not drift
    Ours outbox = sink.outbox().look(state -> onTheWay(place, state));
    long counted = ledger.units(place.customer, place.meter, place.from, place.to);
    return new Ours(counted, outbox.onTheWay, outbox.inDoubt, outbox.dropped, outbox.lastArrival);
  }

  private static Ours onTheWay(Place place, OutboxState state) {
    long onTheWay = 0;
    long inDoubt = 0;
    long dropped = 0;
    long lastArrival = 0;
    for (Map.Entry<UsageWindow, OutboxWindow> entry : state.windows().entrySet()) {
      if (isIn(entry.getKey(), place)) {
        onTheWay += entry.getValue().open();
        dropped += entry.getValue().dropped();
        lastArrival = Math.max(lastArrival, entry.getValue().arrivedAt());
      }
    }
    List<OutboxItem> items = new ArrayList<>(state.waiting().values());
    state.parked().values().forEach(parked -> items.add(parked.item()));
    for (OutboxItem item : items) {
      if (isIn(item.window(), place)) {
        onTheWay += item.firstTry() == 0 ? item.units() : 0;
        inDoubt += item.firstTry() == 0 ? 0 : item.units();
      }
    }
    return new Ours(0, onTheWay, inDoubt, dropped, lastArrival);
  }

  private static boolean isIn(UsageWindow window, Place place) {
    return window.customer().equals(place.customer)
        && window.meter().equals(place.meter)
        && !window.start().isBefore(place.from)
        && window.start().isBefore(place.to);
  }

  private synchronized Verdict verdict(
      Place place, Ours ours, BigDecimal theirs, BigDecimal difference, Instant now) {
    if (difference.signum() == 0) {
      seen.remove(place);
      return Verdict.EQUAL;
    }
    Seen before = seen.get(place);
    Seen known =
        before != null && before.ours.equals(ours) && before.theirs.compareTo(theirs) == 0
            ? before
            : new Seen(ours, theirs, now);
    seen.put(place, known);
    return now.isBefore(known.since.plus(QUIET)) ? Verdict.SETTLING : Verdict.DRIFT;
  }

  /** By hour, what Stripe has too much or too little. */
  private Map<Instant, BigDecimal> differences(Place place, Map<Long, BigDecimal> theirs) {
    Map<Instant, BigDecimal> differences = new TreeMap<>();
    for (Instant hour = place.from; hour.isBefore(place.to); hour = hour.plusSeconds(HOUR)) {
      Ours ours = ours(new Place(place.customer, place.meter, hour, hour.plusSeconds(HOUR)));
      BigDecimal difference =
          ours.difference(theirs.getOrDefault(hour.getEpochSecond(), BigDecimal.ZERO));
      if (difference.signum() != 0) {
        differences.put(hour, difference);
      }
    }
    return differences;
  }
}
