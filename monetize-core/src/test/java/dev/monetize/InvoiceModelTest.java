// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.InvoicePreview.Fixed;
import dev.monetize.InvoicePreview.Line;
import dev.monetize.InvoicePreview.Usage;
import dev.monetize.identity.Subscription;
import dev.monetize.limit.Window;
import dev.monetize.price.BasePrice;
import dev.monetize.price.Money;
import dev.monetize.price.Price;
import dev.monetize.price.Price.Band;
import dev.monetize.quota.PastQuota;
import dev.monetize.quota.Quota;
import dev.monetize.quota.QuotaPeriod;
import dev.monetize.quota.QuotaPeriod.Start;
import dev.monetize.quota.QuotaPeriod.Unit;
import dev.monetize.tier.Tier;
import dev.monetize.tier.TierBuilder;
import dev.monetize.tier.TierCatalog;
import dev.monetize.tier.TierCatalogBuilder;
import dev.monetize.usage.Aggregation;
import dev.monetize.usage.FileUsageJournal;
import dev.monetize.usage.JournalSettings;
import dev.monetize.usage.Ledger;
import dev.monetize.usage.Measure;
import dev.monetize.usage.UsageEvent;
import dev.monetize.usage.UsageHistory;
import dev.monetize.usage.UsagePoint;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random tiers, changes of tier and usage against an oracle that goes from unit to unit in
 * decimals: each unit in its own window, at the price of its own moment.
 */
class InvoiceModelTest {

  private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");
  private static final long SPAN = 100L * 86_400;
  private static final long SECOND = 1_000_000_000L;
  private static final int ROUNDS = 12;
  private static final int CUSTOMERS = 40;

  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  @TempDir private Path directory;
  private int fromHours;
  private int fromEvents;
  private int prorated;
  private int again;
  private int trials;

  /** What a line comes to: without a cap, and with it. */
  private static final class Sum {
    long units;
    final Cost cost = new Cost();
    final Cost capped = new Cost();
  }

  /** What is billed in one line each: what bands come to, and their flat amounts. */
  private static final class Cost {
    final Map<Integer, BigDecimal> lines = new HashMap<>();

    void add(Map<Integer, BigDecimal> more) {
      more.forEach((line, amount) -> lines.merge(line, amount, BigDecimal::add));
    }

    BigDecimal rounded(int decimals) {
      return lines.values().stream()
          .map(line -> round(line, decimals))
          .reduce(BigDecimal.ZERO, BigDecimal::add);
    }
  }

  private record Item(String tier, String meter, Price price) {}

  @Test
  void invoices_equalAWalkFromUnitToUnit() throws IOException {
    for (int round = 0; round < ROUNDS; round++) {
      TierCatalog catalog = catalog();
      Ledger ledger = new Ledger(() -> FIRST.plusSeconds(SPAN));
      Path place = directory.resolve("round" + round);
      try (FileUsageJournal journal =
          FileUsageJournal.open(
              place, JournalSettings.on(() -> FIRST.plusSeconds(SPAN)), List.of(ledger))) {
        UsageHistory history = new UsageHistory(() -> FIRST, journal, catalog::aggregations);
        List<Subscription> all = new ArrayList<>();
        Map<String, List<UsageEvent>> events = new HashMap<>();
        for (int i = 0; i < CUSTOMERS; i++) {
          Subscription subscription = subscription("c" + i);
          all.add(subscription);
          events.put(subscription.customer(), events(subscription));
        }
        events
            .values()
            .forEach(some -> some.forEach(event -> ledger.fold(journal.append(event), event)));
        for (Subscription one : all) {
          check(new Offer(catalog), one, events.get(one.customer()), ledger, history);
        }
      }
    }
    System.out.printf(
        "InvoiceModelTest: seed %d, %d invoices from hours, %d from events, %d prorated, %d lines of a tier that came back%n",
        seed, fromHours, fromEvents, prorated, again);
    assertThat(fromHours).isPositive();
    assertThat(fromEvents).isPositive();
    assertThat(prorated).isPositive();
    assertThat(again).isPositive();
    assertThat(trials).isPositive();
  }

  private void check(
      Offer offer,
      Subscription subscription,
      List<UsageEvent> events,
      Ledger ledger,
      UsageHistory history)
      throws IOException {
    long paid = 0;
    Instant end = FIRST.plusSeconds(SPAN);
    for (Instant at = FIRST; at.isBefore(end); ) {
      InvoiceTerms terms = new InvoiceTerms(offer, subscription, at);
      InvoicePreview invoice = new InvoiceDrafter(terms, ledger, history).draft();
      fromHours += terms.inFullHours() ? 1 : 0;
      fromEvents += terms.inFullHours() ? 0 : 1;
      String what =
          "seed %d: %s\n%s\n%s"
              .formatted(seed, offer.catalog().describe(), subscription, invoice.text());
      checkUsage(invoice, walk(offer, subscription, events, terms.period()), what);
      checkBase(invoice, terms, what);
      assertThat(invoice.total())
          .as(what)
          .isEqualTo(
              invoice.lines().stream()
                  .map(Line::amount)
                  .reduce(Money.zero(invoice.total().currency()), Money::plus));
      paid +=
          invoice.lines().stream()
              .filter(Usage.class::isInstance)
              .flatMap(line -> ((Usage) line).hours().stream())
              .mapToLong(UsagePoint::units)
              .sum();
      at = invoice.end();
    }
    assertThat(paid)
        .as("seed %d: every unit on one invoice: %s", seed, subscription)
        .isEqualTo(
            events.stream()
                .filter(event -> event.timeNanos() >= begin(subscription))
                .flatMap(
                    event ->
                        event.measures().stream()
                            .filter(m -> m.units() > 0 && priced(offer, event, m)))
                .mapToLong(Measure::units)
                .sum());
  }

  /** Before that, nothing is due. */
  private static long begin(Subscription subscription) {
    return subscription.anchor() == null ? Long.MIN_VALUE : Time.nanos(subscription.anchor());
  }

  private static boolean priced(Offer offer, UsageEvent event, Measure measure) {
    return offer.catalog().tier(event.tier()).orElseThrow().prices().containsKey(measure.meter());
  }

  private void checkUsage(
      InvoicePreview invoice, Map<Item, NavigableMap<Integer, Sum>> expected, String what) {
    for (int i = 0; i < invoice.lines().size(); i++) {
      if (!(invoice.lines().get(i) instanceof Usage usage)) {
        continue;
      }
      var rated = usage.rated();
      Item item = new Item(usage.tier(), rated.meter(), rated.price());
      var next = expected.getOrDefault(item, new TreeMap<>()).pollFirstEntry();
      Sum sum = next == null ? new Sum() : next.getValue();
      again += next != null && expected.get(item).size() > 0 ? 1 : 0;
      assertThat(rated.units()).as(what).isEqualTo(sum.units);
      assertThat(usage.hours().stream().mapToLong(UsagePoint::units).sum())
          .as(what)
          .isEqualTo(sum.units);
      assertThat(usage.hours())
          .as(what)
          .isSortedAccordingTo(Comparator.comparing(UsagePoint::start))
          .allMatch(hour -> !hour.start().isBefore(invoice.start()))
          .allMatch(hour -> !hour.end().isAfter(invoice.end()));
      int decimals = rated.amount().currency().getDefaultFractionDigits();
      assertThat(rated.exact().amount()).as(what).isEqualByComparingTo(sum.cost.rounded(9));
      assertThat(rated.amount().amount()).as(what).isEqualByComparingTo(sum.cost.rounded(decimals));
      boolean cut = i + 1 < invoice.lines().size() && isCap(invoice.lines().get(i + 1));
      Money cap = cut ? invoice.lines().get(i + 1).amount() : invoice.total().times(0);
      assertThat(rated.amount().plus(cap).amount())
          .as(what)
          .isEqualByComparingTo(sum.capped.rounded(decimals));
    }
    assertThat(expected.values()).as(what).allMatch(Map::isEmpty);
  }

  private static boolean isCap(Line line) {
    return line instanceof Fixed fixed && fixed.kind() == Fixed.Kind.CAP;
  }

  /** Each second of the period costs what the tier of that second costs, by its month. */
  private void checkBase(InvoicePreview invoice, InvoiceTerms terms, String what) {
    BigDecimal expected = BigDecimal.ZERO;
    long whole = terms.period().end() - terms.period().start();
    for (InvoiceTerms.Term term : terms.terms()) {
      long from = Math.max(term.from(), terms.period().start());
      long until = Math.min(term.until(), terms.period().end());
      BigDecimal price = term.tier().price().orElseThrow().amount().amount();
      expected =
          expected.add(
              price
                  .multiply(BigDecimal.valueOf(until - from))
                  .divide(BigDecimal.valueOf(whole), 20, RoundingMode.HALF_UP));
    }
    List<Line> base =
        invoice.lines().stream().filter(l -> l instanceof Fixed && !isCap(l)).toList();
    prorated += base.size() > 1 ? 1 : 0;
    if (invoice.end().isAfter(anchor(terms))) {
      BigDecimal exact = sum(base.stream().map(Line::exact).toList());
      BigDecimal rounded = sum(base.stream().map(Line::amount).toList());
      BigDecimal lines = BigDecimal.valueOf(base.size());
      assertThat(exact.subtract(expected).abs())
          .as(what)
          .isLessThanOrEqualTo(lines.multiply(new BigDecimal("0.0000000006")));
      assertThat(rounded.subtract(expected).abs())
          .as(what)
          .isLessThanOrEqualTo(lines.multiply(new BigDecimal("0.0050000001")));
    } else {
      assertThat(invoice.lines()).as(what).hasSize(1);
      assertThat(invoice.total().isZero()).as(what).isTrue();
      trials++;
    }
  }

  private static Instant anchor(InvoiceTerms terms) {
    Instant anchor = terms.subscription().anchor();
    return anchor == null ? Instant.MIN : anchor;
  }

  private static BigDecimal sum(List<Money> amounts) {
    return amounts.stream().map(Money::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static BigDecimal round(BigDecimal exact, int decimals) {
    return exact.setScale(decimals, RoundingMode.HALF_UP);
  }

  /** The oracle: of what a line is for, by how often the tier had changed before. */
  private static Map<Item, NavigableMap<Integer, Sum>> walk(
      Offer offer, Subscription subscription, List<UsageEvent> events, Window period) {
    Map<Item, NavigableMap<Integer, Sum>> sums = new HashMap<>();
    Map<String, Long> counted = new HashMap<>();
    List<UsageEvent> due =
        events.stream().filter(event -> event.timeNanos() >= begin(subscription)).toList();
    for (UsageEvent event : due) {
      Tier tier = offer.catalog().tier(event.tier()).orElseThrow();
      for (Measure measure : event.measures()) {
        for (long unit = 0; unit < measure.units(); unit++) {
          walk(
              tier, subscription, event.timeNanos(), measure.meter(), period, sums, counted, offer);
        }
      }
    }
    return sums;
  }

  private static void walk(
      Tier tier,
      Subscription subscription,
      long nanos,
      String meter,
      Window period,
      Map<Item, NavigableMap<Integer, Sum>> sums,
      Map<String, Long> counted,
      Offer offer) {
    int stint = stint(subscription, nanos);
    Quota billing = null;
    List<String> ids = new ArrayList<>();
    for (Tier any : offer.catalog().tiers()) {
      for (Quota quota : any.quotas()) {
        if (quota.meter().equals(meter)) {
          long start = quota.period().windows(subscription.anchor()).at(nanos).start();
          String id = stint + quota.id() + start;
          if (!ids.contains(id)) {
            ids.add(id);
            counted.merge(id, 1L, Long::sum);
          }
          billing = any == tier && quota.past() instanceof PastQuota.Bill ? quota : billing;
        }
      }
    }
    Price price = tier.prices().get(meter);
    if (price == null || !period.contains(nanos)) {
      return;
    }
    Sum sum =
        sums.computeIfAbsent(new Item(tier.name(), meter, price), k -> new TreeMap<>())
            .computeIfAbsent(stint, k -> new Sum());
    sum.units++;
    if (price instanceof Price.IncludedThenOverage hybrid && billing != null) {
      long start = billing.period().windows(subscription.anchor()).at(nanos).start();
      long n = counted.get(stint + billing.id() + start);
      if (n > hybrid.included()) {
        Map<Integer, BigDecimal> cost = marginal(hybrid.overage(), n - hybrid.included());
        sum.cost.add(cost);
        boolean free = n > ((PastQuota.Bill) billing.past()).cap().orElse(Long.MAX_VALUE);
        sum.capped.add(free ? Map.of() : cost);
      }
    } else {
      Map<Integer, BigDecimal> cost = marginal(price, sum.units);
      sum.cost.add(cost);
      sum.capped.add(cost);
    }
  }

  /** How often the tier was another by then. */
  private static int stint(Subscription subscription, long nanos) {
    int stint = 0;
    List<Subscription.Former> former = subscription.former();
    for (int i = 0; i < former.size(); i++) {
      String next = i + 1 < former.size() ? former.get(i + 1).tier() : subscription.tier();
      boolean begun = former.get(i).until().getEpochSecond() <= Math.floorDiv(nanos, SECOND);
      stint += begun && !next.equals(former.get(i).tier()) ? 1 : 0;
    }
    return stint;
  }

  private static Map<Integer, BigDecimal> marginal(Price price, long unit) {
    Map<Integer, BigDecimal> lines = new HashMap<>(cost(price, unit));
    cost(price, unit - 1).forEach((line, was) -> lines.merge(line, was.negate(), BigDecimal::add));
    return lines;
  }

  /** By line: the bands are 0, 2, 4, and their flat amounts 1, 3, 5. */
  private static Map<Integer, BigDecimal> cost(Price price, long units) {
    BigDecimal n = BigDecimal.valueOf(units);
    if (price instanceof Price.PerUnit each) {
      return Map.of(0, each.each().amount().multiply(n));
    }
    if (price instanceof Price.PerPackage pack) {
      BigDecimal size = BigDecimal.valueOf(pack.size());
      return Map.of(0, pack.each().amount().multiply(n.divide(size, 0, RoundingMode.CEILING)));
    }
    Price.Tiered tiered = (Price.Tiered) price;
    boolean volume = tiered.mode() == Price.Tiered.Mode.VOLUME;
    Map<Integer, BigDecimal> lines = new HashMap<>();
    for (long unit = 1; unit <= units; unit++) {
      int band = 0;
      while ((volume ? units : unit) > tiered.bands().get(band).upTo()) {
        band++;
      }
      lines.merge(2 * band, tiered.bands().get(band).each().amount(), BigDecimal::add);
      lines.put(2 * band + 1, tiered.bands().get(band).flat().amount());
    }
    return lines;
  }

  private TierCatalog catalog() {
    TierCatalogBuilder catalog = TierCatalog.builder().meter("tokens", Aggregation.SUM);
    for (int i = 0; i < 3; i++) {
      TierBuilder tier =
          Tier.named("t" + i)
              .endpoints("/v1/*")
              .price(BasePrice.monthly(Money.of("$" + random.nextInt(100) + ".99")));
      meter(tier, "calls", true);
      meter(tier, "tokens", false);
      catalog.tier(tier.build());
    }
    return catalog.build();
  }

  private void meter(TierBuilder tier, String meter, boolean mayRefuse) {
    switch (random.nextInt(4)) {
      case 0 -> tier.price(meter, price());
      case 1 -> {}
      default -> {
        long included = random.nextInt(20);
        OptionalLong cap =
            mayRefuse && random.nextBoolean()
                ? OptionalLong.of(included + random.nextInt(20))
                : OptionalLong.empty();
        Unit unit = List.of(Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.MONTH).get(random.nextInt(4));
        QuotaPeriod period =
            new QuotaPeriod(
                1 + random.nextInt(2),
                unit,
                random.nextBoolean() ? Start.CALENDAR : Start.SUBSCRIPTION,
                random.nextInt(4) > 0 ? ZoneOffset.UTC : ZoneId.of("Asia/Kolkata"));
        tier.quota(Quota.of(meter, included, period).withPast(new PastQuota.Bill(cap)));
        tier.overage(meter, price());
      }
    }
  }

  private Price price() {
    return switch (random.nextInt(3)) {
      case 0 -> Price.perUnit(money());
      case 1 -> Price.perPackage(money(), 1 + random.nextInt(9));
      default -> {
        Band[] bands = {
          new Band(1 + random.nextInt(10), money(), money()),
          Band.of(20 + random.nextInt(10), money()),
          new Band(Band.NO_END, money(), money())
        };
        yield random.nextBoolean() ? Price.graduated(bands) : Price.volume(bands);
      }
    };
  }

  private Money money() {
    return new Money(random.nextInt(2_000) * 500_000L, Money.of("$1").currency());
  }

  private Subscription subscription(String customer) {
    Instant anchor =
        switch (random.nextInt(4)) {
          case 0 -> FIRST.plusSeconds(random.nextInt(60) * 3600L);
          case 1 -> FIRST.plusSeconds(random.nextInt(5_000_000));
          default -> null;
        };
    Subscription subscription =
        Subscription.to("t" + random.nextInt(3), customer).withAnchor(anchor);
    int changes = random.nextBoolean() ? 0 : random.nextInt(5);
    Instant at = FIRST;
    for (int i = 0; i < changes; i++) {
      at = at.plusSeconds(random.nextInt((int) (SPAN / 3)));
      subscription = subscription.withTier("t" + random.nextInt(3)).inPlaceOf(subscription, at);
    }
    return subscription;
  }

  /** By time, each in the tier of its second. */
  private List<UsageEvent> events(Subscription subscription) {
    List<UsageEvent> events = new ArrayList<>();
    List<Long> times = new ArrayList<>();
    for (int i = random.nextInt(60); i > 0; i--) {
      long time = Time.nanos(FIRST) + random.nextLong(SPAN * SECOND);
      times.add(random.nextBoolean() ? time : time / (3600 * SECOND) * (3600 * SECOND));
    }
    subscription.former().forEach(former -> times.add(Time.nanos(former.until())));
    subscription.former().forEach(former -> times.add(Time.nanos(former.until()) - 1));
    times.stream().sorted().forEach(time -> events.add(event(subscription, time)));
    events.removeIf(event -> event.timeNanos() < Time.nanos(FIRST));
    return events;
  }

  private UsageEvent event(Subscription subscription, long time) {
    String tier = subscription.tier();
    for (int i = subscription.former().size() - 1; i >= 0; i--) {
      Subscription.Former former = subscription.former().get(i);
      tier = former.until().getEpochSecond() > Math.floorDiv(time, SECOND) ? former.tier() : tier;
    }
    List<Measure> measures =
        List.of(new Measure("calls", random.nextInt(3)), new Measure("tokens", random.nextInt(12)));
    return new UsageEvent(
        time, time, subscription.customer(), "k", tier, "/v1/*", 200, false, measures, List.of());
  }
}
