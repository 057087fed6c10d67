// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.monetize.stripe.BilledWorld.Buyer;
import dev.monetize.testkit.MutableClock;
import dev.monetize.testkit.stripe.Charges;
import dev.monetize.testkit.stripe.FakeStripe;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The test Stripe's prices and its arithmetic, without HTTP and all that it keeps: for many
 * customers. What has not come within an hour after a period is not on its invoice.
 */
final class BareTill implements Till, MeterEvents {

  private static final int MOST = 100;
  private static final long DRAFT_SECONDS = 3600;

  private final MutableClock clock;
  private final PriceShelf shelf;
  private final Map<String, JsonNode> prices = new HashMap<>();
  private final Map<String, List<Term>> terms = new HashMap<>();
  private final Map<String, Buyer> buyers = new HashMap<>();
  private final Map<String, List<Got>> got = new HashMap<>();
  private final Set<String> identifiers = new HashSet<>();

  /** Prices from a second on. */
  private record Term(long from, List<String> prices) {}

  private record Got(String event, long second, long units, long at) {}

  BareTill(FakeStripe stripe, PriceShelf shelf, MutableClock clock) throws IOException {
    this.clock = clock;
    this.shelf = shelf;
    for (JsonNode price : new ObjectMapper().readTree(stripe.state()).path("prices")) {
      prices.put(price.path("id").asText(), price);
    }
    stripe.close();
  }

  @Override
  public MeterEvents meters() {
    return this;
  }

  @Override
  public int most() {
    return MOST;
  }

  @Override
  public Answer send(List<MeterCall> calls) {
    for (MeterCall call : calls) {
      if (identifiers.add(call.identifier())) {
        got.computeIfAbsent(call.customer(), id -> new ArrayList<>())
            .add(new Got(call.event(), call.second(), call.units(), now()));
      }
    }
    return new Answer.Arrived();
  }

  private long now() {
    return clock.instant().getEpochSecond();
  }

  @Override
  public void subscribe(Buyer buyer, List<String> own) {
    buyer.atStripe = "cus_" + buyer.id;
    buyers.put(buyer.id, buyer);
    change(buyer, own);
  }

  @Override
  public void change(Buyer buyer, List<String> own) {
    terms.computeIfAbsent(buyer.id, id -> new ArrayList<>()).add(new Term(now(), own));
  }

  @Override
  public Map<String, Bill> bills() {
    Map<String, Bill> bills = new HashMap<>();
    buyers.forEach((id, buyer) -> bills.put(id, bill(buyer)));
    return bills;
  }

  private Bill bill(Buyer buyer) {
    Bill bill = new Bill();
    long start = buyer.anchor().getEpochSecond();
    long end = buyer.end().getEpochSecond();
    List<Term> own = terms.get(buyer.id);
    for (int i = 0; i < own.size(); i++) {
      boolean last = i == own.size() - 1;
      long until = last ? end : own.get(i + 1).from;
      long seen = last ? end + DRAFT_SECONDS : until;
      for (String price : own.get(i).prices) {
        String meter = shelf.metered.get(price);
        if (meter == null) {
          base(price, own.get(i).from, last ? end : until, start, end, bill);
        } else {
          long units = units(buyer, "our_" + meter, own.get(i).from, until, seen);
          bill.units.merge(meter, units, Long::sum);
          bill.add(Charges.of(prices.get(price), units), meter + ": " + units);
        }
      }
    }
    return bill;
  }

  /** What is left is paid where it begins, and given back where it ends early. */
  private void base(String price, long from, long until, long start, long end, Bill bill) {
    long cents = new BigDecimal(prices.get(price).path("unit_amount_decimal").asText()).longValue();
    bill.add(Charges.rest(cents, from, start, end), "base");
    if (until < end) {
      bill.add(-Charges.rest(cents, until, start, end), "unused base");
    }
  }

  private long units(Buyer buyer, String event, long from, long until, long seen) {
    return got.getOrDefault(buyer.atStripe, List.of()).stream()
        .filter(one -> one.event.equals(event) && one.at <= seen)
        .filter(one -> one.second >= from && one.second < until)
        .mapToLong(Got::units)
        .sum();
  }

  @Override
  public BigDecimal sum(String event, String customer, long from, long to) {
    throw new UnsupportedOperationException("nothing is in doubt here");
  }

  @Override
  public Map<Long, BigDecimal> hours(String event, String customer, long from, long to) {
    throw new UnsupportedOperationException("nothing is in doubt here");
  }

  @Override
  public void close() {}
}
