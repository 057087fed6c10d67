// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.StripeException;
import dev.monetize.InvoicePreview;
import dev.monetize.stripe.BilledWorld.Buyer;
import dev.monetize.stripe.BilledWorld.Way;
import dev.monetize.stripe.Till.Bill;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Random customers of random tiers, for a month each: what their final invoices bill is what the
 * previews say, to the cent, and what the ledger has, to the unit.
 */
final class LedgerInvoiceTest {

  private static final long SEED = Long.getLong("monetize.seed", System.nanoTime());
  private static final int CUSTOMERS = Integer.getInteger("monetize.customers", 10_000);
  private static final int OVER_HTTP = 700;
  private static final int IN_A_WORLD = 500;
  private static final int ANCHORS = 10;

  /** What somebody does at some time. */
  private record Act(Instant at, Deed deed) {}

  private interface Deed {
    void run() throws IOException, InterruptedException, StripeException;
  }

  /** What was checked. */
  private record Sum(
      long customers, long units, long cents, long changed, long back, long owed, long lines) {

    Sum plus(Sum other) {
      return new Sum(
          customers + other.customers,
          units + other.units,
          cents + other.cents,
          changed + other.changed,
          back + other.back,
          owed + other.owed,
          lines + other.lines);
    }
  }

  /** A whole Stripe, the first hundred call by call. */
  @Test
  void finalInvoicesOverHttp_areThePreviewsAndTheLedger() throws Exception {
    List<World> worlds = new ArrayList<>();
    worlds.add(new World(100, Way.CALLS));
    worlds.add(new World(OVER_HTTP - 100, Way.STREAMED));
    check(worlds, OVER_HTTP);
  }

  /** The same engine, outbox and sender, and Stripe's arithmetic. */
  @Test
  void invoicesOfManyCustomers_areThePreviewsAndTheLedger() throws Exception {
    List<World> worlds = new ArrayList<>();
    for (int left = CUSTOMERS; left > 0; left -= IN_A_WORLD) {
      worlds.add(new World(Math.min(IN_A_WORLD, left), Way.BARE));
    }
    check(worlds, CUSTOMERS);
  }

  private record World(int customers, Way way) {}

  private static void check(List<World> worlds, int customers) throws Exception {
    System.out.println("LedgerInvoiceTest: -Dmonetize.seed=" + SEED);
    SplittableRandom seeds = new SplittableRandom(SEED);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    List<Future<Sum>> sums = new ArrayList<>();
    for (World world : worlds) {
      long seed = seeds.nextLong();
      sums.add(threads.submit(() -> new Run(seed, world.way).run(world.customers)));
    }
    threads.shutdown();
    Sum all = new Sum(0, 0, 0, 0, 0, 0, 0);
    for (Future<Sum> sum : sums) {
      all = all.plus(sum.get());
    }
    System.out.printf(
        "%,d customers, %,d changes of tier, %,d of them back, %,d fallbacks: %,d units and $%,.2f on %,d lines, as the ledger has it%n",
        all.customers, all.changed, all.back, all.owed, all.units, all.cents / 100.0, all.lines);
    assertThat(all.customers).isEqualTo(customers);
    assertThat(all.changed).isPositive();
    assertThat(all.back).isPositive();
    assertThat(all.owed).isPositive();
  }

  /** A world, from the first subscription to the last invoice. */
  private static final class Run {

    private final SplittableRandom random;
    private final Way way;
    private final String what;
    private final List<Act> acts = new ArrayList<>();
    private final Instant start;
    private long changed;
    private long back;
    private long owed;

    Run(long seed, Way way) {
      this.random = new SplittableRandom(seed);
      this.way = way;
      this.what = "-Dmonetize.seed=" + SEED + ", world " + seed;
      start = Instant.ofEpochSecond(1_600_000_000 + random.nextLong(300_000_000));
    }

    Sum run(int customers) throws Exception {
      try (BilledWorld world = new BilledWorld(random.split(), start, way)) {
        List<Instant> anchors = new ArrayList<>();
        for (int i = 0; i < ANCHORS; i++) {
          anchors.add(anchor());
        }
        for (int i = 0; i < customers; i++) {
          Buyer buyer = world.buyer("c" + i, anyTier());
          plan(world, buyer, anchors.get(random.nextInt(ANCHORS)));
        }
        live(world);
        return check(world);
      }
    }

    private String anyTier() {
      return "t" + random.nextInt(RandomTiers.ALL);
    }

    private Instant anchor() {
      Instant anchor = start.plusSeconds(1 + random.nextInt(3 * 86_400));
      Instant hour = Instant.ofEpochSecond(anchor.getEpochSecond() / 3600 * 3600 + 3600);
      return switch (random.nextInt(10)) {
        case 0 -> hour; // previews of those take longer
        case 1 -> hour.plusSeconds(3500 + random.nextInt(100)); // near the end of one
        default -> anchor;
      };
    }

    private void plan(BilledWorld world, Buyer buyer, Instant anchor) {
      acts.add(new Act(anchor, buyer::subscribe));
      long length = Duration.ofDays(28).minusHours(4).toSeconds(); // no month is shorter
      NavigableSet<Instant> changes = new TreeSet<>();
      for (int left = random.nextInt(6) == 0 ? 1 + random.nextInt(3) : 0; left > 0; left--) {
        String next = random.nextInt(3) == 0 ? buyer.subscription.tier() : anyTier();
        Instant at = anchor.plusSeconds(1 + random.nextLong(length));
        changes.add(at);
        acts.add(new Act(at, () -> change(buyer, next)));
      }
      if (random.nextInt(8) == 0) {
        fallBack(buyer, anchor, length, changes);
      }
      for (int left = random.nextInt(8); left > 0; left--) {
        Instant time = anchor.plusSeconds(random.nextLong(length));
        time = random.nextInt(3) == 0 ? aroundTheHour(time, anchor) : time;
        Instant used = time;
        Duration late = Duration.ofSeconds(random.nextBoolean() ? 0 : random.nextLong(10_800));
        Instant change = changes.higher(used);
        boolean over = change != null && !used.plus(late).isBefore(change);
        Instant told = over ? used : used.plus(late);
        Map<String, Long> units = units();
        acts.add(new Act(told, () -> buyer.use(used, units)));
      }
      acts.add(new Act(anchor, () -> atTheBorders(world, buyer)));
    }

    /** For some time, or for good. */
    private void fallBack(Buyer buyer, Instant anchor, long length, NavigableSet<Instant> changes) {
      Instant from = anchor.plusSeconds(1 + random.nextLong(length));
      Instant until = from.plusSeconds(1 + random.nextLong(length));
      changes.addAll(List.of(from, until));
      String other = random.nextInt(4) == 0 ? anyTier() : RandomTiers.FREE;
      acts.add(
          new Act(
              from,
              () -> {
                if (!buyer.subscription.tier().equals(other)) {
                  buyer.fallBack(other);
                  owed++;
                }
              }));
      acts.add(new Act(until, () -> buyer.fallBack(null)));
    }

    private void change(Buyer buyer, String tier)
        throws StripeException, IOException, InterruptedException {
      if (!buyer.subscription.tier().equals(tier)) {
        back +=
            buyer.subscription.former().stream().anyMatch(one -> one.tier().equals(tier)) ? 1 : 0;
        buyer.change(tier);
        changed++;
      }
    }

    private Instant aroundTheHour(Instant time, Instant anchor) {
      Instant hour = Instant.ofEpochSecond(time.getEpochSecond() / 3600 * 3600 + 3600);
      Instant around = hour.plusSeconds(random.nextInt(3) - 1);
      return around.isBefore(anchor) ? anchor : around;
    }

    private Map<String, Long> units() {
      Map<String, Long> units = new HashMap<>();
      for (String meter : RandomTiers.METERS) {
        if (random.nextBoolean()) {
          units.put(meter, random.nextLong(random.nextBoolean() ? 20 : 3000));
        }
      }
      return units.isEmpty() ? Map.of("calls", 1L) : units;
    }

    /**
     * The first second of a period, its last, of which may be told until shortly before the invoice
     * is final, and those after it, which are of the next invoice.
     */
    private void atTheBorders(BilledWorld world, Buyer buyer)
        throws IOException, InterruptedException {
      if (random.nextInt(3) == 0) {
        buyer.use(buyer.anchor(), units());
      }
      Instant end = buyer.end();
      if (random.nextInt(3) == 0) {
        Map<String, Long> units = units();
        Instant told = end.plusSeconds(random.nextBoolean() ? -1 : random.nextInt(3400));
        acts.add(new Act(told, () -> buyer.use(end.minusSeconds(1), units)));
        acts.add(new Act(told.plusSeconds(95), world::arrive));
      }
      if (random.nextInt(3) == 0) {
        Instant next = end.plusSeconds(random.nextInt(2));
        Map<String, Long> units = units();
        acts.add(
            new Act(
                next,
                () -> {
                  buyer.use(next, units);
                  units.forEach((meter, some) -> buyer.used.merge(meter, -some, Long::sum));
                }));
      }
      acts.add(new Act(end.plusSeconds(95), world::arrive));
      acts.add(new Act(end.plusSeconds(660), world::arrive));
    }

    /** Does what is planned, in the order of time; what is done may plan more. */
    private void live(BilledWorld world) throws Exception {
      Instant sent = start;
      while (!acts.isEmpty()) {
        acts.sort(Comparator.comparing(Act::at));
        List<Act> now = new ArrayList<>();
        Instant at = acts.get(0).at;
        acts.removeIf(act -> act.at.equals(at) && now.add(act));
        if (world.clock.instant().isBefore(at)) {
          world.clock.set(at);
        }
        for (Act act : now) {
          act.deed.run();
        }
        if (sent.plus(Duration.ofDays(5)).isBefore(at)) {
          world.arrive();
          sent = at;
        }
      }
      world.clock.advance(Duration.ofHours(2));
    }

    private Sum check(BilledWorld world) throws Exception {
      Map<String, Bill> bills = world.till.bills();
      Sum sum = new Sum(0, 0, 0, changed, back, owed, 0);
      for (Buyer buyer : world.buyers.values()) {
        sum = sum.plus(check(buyer, bills.get(buyer.id)));
      }
      return sum;
    }

    private Sum check(Buyer buyer, Bill bill) throws IOException {
      InvoicePreview preview = buyer.preview(buyer.anchor());
      String text = what + "\n" + preview.text() + bill.text;
      assertThat(bill.cents).as(text).isEqualTo(preview.total().minorUnits());
      Map<String, Long> left = new HashMap<>(bill.units);
      long units = 0;
      for (InvoicePreview.Line line : preview.lines()) {
        if (line instanceof InvoicePreview.Usage usage) {
          String meter = usage.rated().meter();
          left.merge(meter, -usage.rated().units(), Long::sum);
          units += usage.rated().units();
          if (buyer.subscription.former().isEmpty()) {
            assertThat(usage.rated().units())
                .as(text)
                .isEqualTo(buyer.used.getOrDefault(meter, 0L));
          }
        }
      }
      assertThat(left.values()).as(text).allMatch(rest -> rest == 0);
      return new Sum(1, units, bill.cents, 0, 0, 0, bill.lines);
    }
  }
}
