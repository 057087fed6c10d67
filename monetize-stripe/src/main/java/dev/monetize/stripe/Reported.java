// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What our side has of a customer in a meter in some time.
 *
 * @param ledger units that were counted
 * @param onTheWay those of them that Stripe has not got yet
 * @param inDoubt those that it may have
 * @param dropped those that are not to be reported any more
 * @param unsold those in tiers that are not sold, which are not to be reported either
 * @param lastArrival when the last of them arrived, in seconds since the epoch; 0: never
 */
record Reported(
    long ledger, long onTheWay, long inDoubt, long dropped, long unsold, long lastArrival) {

  /** What an outbox knows of a time; nothing is counted yet. */
  static Reported of(OutboxState state, String customer, String meter, Instant from, Instant to) {
    long onTheWay = 0;
    long inDoubt = 0;
    long dropped = 0;
    long unsold = 0;
    long lastArrival = 0;
    for (Map.Entry<UsageWindow, OutboxWindow> entry : state.windows().entrySet()) {
      if (isIn(entry.getKey(), customer, meter, from, to)) {
        onTheWay += entry.getValue().open();
        dropped += entry.getValue().dropped();
        unsold += entry.getValue().unsold();
        lastArrival = Math.max(lastArrival, entry.getValue().arrivedAt());
      }
    }
    List<OutboxItem> items = new ArrayList<>(state.waiting().values());
    state.parked().values().forEach(parked -> items.add(parked.item()));
    for (OutboxItem item : items) {
      if (isIn(item.window(), customer, meter, from, to)) {
        onTheWay += item.firstTry() == 0 ? item.units() : 0;
        inDoubt += item.firstTry() == 0 ? 0 : item.units();
      }
    }
    return new Reported(0, onTheWay, inDoubt, dropped, unsold, lastArrival);
  }

  private static boolean isIn(
      UsageWindow window, String customer, String meter, Instant from, Instant to) {
    return window.customer().equals(customer)
        && window.meter().equals(meter)
        && !window.start().isBefore(from)
        && window.start().isBefore(to);
  }

  /** With all that the ledger has. */
  Reported counted(long units) {
    return new Reported(units, onTheWay, inDoubt, dropped, unsold, lastArrival);
  }

  /** With what has a price. */
  Reported priced(long units) {
    return new Reported(units, onTheWay, inDoubt, dropped, 0, lastArrival);
  }

  /** Units that are not reported. */
  long unbilled() {
    return dropped + unsold;
  }

  /** As if nothing of it could arrive any more. */
  Reported closed() {
    return new Reported(ledger, 0, 0, dropped, unsold, lastArrival);
  }

  /** Whether nothing of it is to arrive any more. */
  boolean isThere() {
    return onTheWay == 0 && inDoubt == 0;
  }

  /** What they have more (above 0) or less (below 0) than they may. */
  BigDecimal difference(BigDecimal theirs) {
    BigDecimal most = BigDecimal.valueOf(ledger - onTheWay - unbilled());
    BigDecimal least = most.subtract(BigDecimal.valueOf(inDoubt));
    if (theirs.compareTo(least) < 0) {
      return theirs.subtract(least);
    }
    return theirs.compareTo(most) > 0 ? theirs.subtract(most) : BigDecimal.ZERO;
  }
}
