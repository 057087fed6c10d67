// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.InvoiceTerms.Term;
import dev.monetize.limit.Window;
import dev.monetize.price.Price;
import dev.monetize.price.Span;
import dev.monetize.quota.Quota;
import dev.monetize.usage.Granularity;
import dev.monetize.usage.Ledger;
import dev.monetize.usage.Measure;
import dev.monetize.usage.UsageEvent;
import dev.monetize.usage.UsageHistory;
import dev.monetize.usage.UsagePoint;
import dev.monetize.usage.UsagePoint.Certainty;
import dev.monetize.usage.UsageRange;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The units that an invoice rests on, hour by hour, by what they are paid by. Used once. */
final class InvoiceUsage {

  private static final long HOUR = 3600;

  private final InvoiceTerms terms;
  private final Ledger ledger;
  private final UsageHistory history;
  private final String customer;
  private final Map<Key, Use> uses = new LinkedHashMap<>();

  /** By when it begins, then by term, then by meter. */
  private final Map<Long, Map<Integer, Map<String, Long>>> slots = new TreeMap<>();

  /** Quotas that bill, by meter and id. */
  private final Map<String, Map<String, Quota>> quotas = new HashMap<>();

  /** What was used so far in a window of a quota, since the tier is in force. */
  private final Map<Counted, Long> counted = new HashMap<>();

  private record Counted(long since, String quota, long windowStart) {}

  /** What makes a line of its own: a tier that comes back counts anew. */
  record Key(long since, String tier, String meter, Price price) {}

  /** What a line is made of. */
  static final class Use {
    long units;

    /** Units past what is included, and those of them that no cap cuts off. */
    final List<Span> spans = new ArrayList<>();

    final List<Span> capped = new ArrayList<>();
    final List<UsagePoint> hours = new ArrayList<>();
  }

  InvoiceUsage(InvoiceTerms terms, Ledger ledger, UsageHistory history) {
    this.terms = terms;
    this.ledger = ledger;
    this.history = history;
    this.customer = terms.subscription().customer();
  }

  /** By tier, meter and price; of what was not used, only those at the end of the period. */
  Map<Key, Use> uses() {
    return uses;
  }

  void read() throws IOException {
    for (Term term : terms.terms()) {
      term.tier()
          .prices()
          .forEach(
              (meter, price) -> {
                uses.put(new Key(term.since(), term.tier().name(), meter, price), new Use());
                Quota quota = term.quota(meter);
                if (quota != null) {
                  quotas.computeIfAbsent(meter, m -> new TreeMap<>()).put(quota.id(), quota);
                }
              });
    }
    if (terms.inFullHours()) {
      readHours();
    } else {
      history.forEach(customer, terms.usedSince(), time(terms.period().end()), this::add);
    }
    slots.forEach(this::count);
    Term last = terms.terms().get(terms.terms().size() - 1);
    uses.entrySet()
        .removeIf(
            use ->
                use.getValue().units == 0 && !use.getKey().equals(key(last, use.getKey().meter())));
  }

  private void readHours() {
    Window period = terms.period();
    UsageRange hours =
        new UsageRange(time(period.start()), time(period.end()), Granularity.HOUR, ZoneOffset.UTC);
    for (String meter : terms.terms().get(0).tier().prices().keySet()) {
      for (UsagePoint hour : ledger.series(customer, meter, hours)) {
        if (hour.units() > 0) {
          add(hour.start().getEpochSecond(), 0, meter, hour.units());
        }
      }
    }
  }

  private void add(UsageEvent event) {
    long second = event.time().getEpochSecond();
    long hour = second - Math.floorMod(second, HOUR);
    Long cut = terms.cuts().floor(second);
    Term made = terms.of(event.tier(), second);
    if (!terms.bills(event.tier(), made)) {
      return;
    }
    int term = terms.terms().indexOf(made);
    for (Measure measure : event.measures()) {
      add(cut == null ? hour : Math.max(hour, cut), term, measure.meter(), measure.units());
    }
  }

  private void add(long start, int term, String meter, long units) {
    slots
        .computeIfAbsent(start, s -> new TreeMap<>())
        .computeIfAbsent(term, t -> new TreeMap<>())
        .merge(meter, units, Math::addExact);
  }

  private void count(long start, Map<Integer, Map<String, Long>> slot) {
    slot.forEach(
        (term, meters) ->
            meters.forEach((meter, units) -> count(start, terms.terms().get(term), meter, units)));
  }

  private void count(long start, Term term, String meter, long units) {
    Quota own = term.quota(meter);
    long before = 0;
    for (Quota quota : quotas.getOrDefault(meter, Map.of()).values()) {
      long used = use(term, quota, start, units);
      before = own != null && own.id().equals(quota.id()) ? used : before;
    }
    Key key = key(term, meter);
    if (key == null || start < terms.period().start() || units == 0) {
      return;
    }
    Use use = Objects.requireNonNull(uses.get(key));
    before = own == null ? use.units : before;
    use.units = Math.addExact(use.units, units);
    hour(use.hours, start, units);
    if (key.price() instanceof Price.IncludedThenOverage hybrid) {
      long cap = term.cap(meter);
      span(use.spans, hybrid.included(), Long.MAX_VALUE, before, before + units);
      span(use.capped, hybrid.included(), cap, before, before + units);
    }
  }

  /** What was used in a window before these units, which are added. */
  private long use(Term term, Quota quota, long start, long units) {
    Window window = terms.window(quota, start);
    Counted key = new Counted(term.since(), quota.id(), window.start());
    Long known = counted.get(key);
    long before = known != null ? known : earlier(term, quota, window);
    counted.put(key, Math.addExact(before, units));
    return before;
  }

  /** What hours before the period count; where events are read, those are among them. */
  private long earlier(Term term, Quota quota, Window window) {
    long from = Math.max(window.start(), term.since());
    long end = terms.period().start();
    return terms.inFullHours() && from < end
        ? ledger.units(customer, quota.meter(), time(from), time(end))
        : 0;
  }

  private void hour(List<UsagePoint> hours, long start, long units) {
    int last = hours.size() - 1;
    long sum = units;
    if (last >= 0 && hours.get(last).start().getEpochSecond() == start) {
      sum = Math.addExact(hours.remove(last).units(), units);
    }
    long next = start - Math.floorMod(start, HOUR) + HOUR;
    Long cut = terms.cuts().higher(start);
    long end = cut == null ? next : Math.min(next, cut);
    hours.add(new UsagePoint(time(start), time(end), sum, Certainty.EXACT));
  }

  private static void span(List<Span> spans, long included, long cap, long before, long after) {
    long from = Math.max(0, Math.min(before, cap) - included);
    long to = Math.max(0, Math.min(after, cap) - included);
    int last = spans.size() - 1;
    if (to > from && last >= 0 && spans.get(last).to() == from) {
      spans.set(last, new Span(spans.get(last).from(), to));
    } else if (to > from) {
      spans.add(new Span(from, to));
    }
  }

  private static @Nullable Key key(Term term, String meter) {
    Price price = term.tier().prices().get(meter);
    return price == null ? null : new Key(term.since(), term.tier().name(), meter, price);
  }

  private static Instant time(long second) {
    return Instant.ofEpochSecond(second);
  }
}
