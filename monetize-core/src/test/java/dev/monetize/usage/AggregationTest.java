// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import dev.monetize.usage.UsagePoint.Certainty;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AggregationTest {

  private static final long SEED = 30577;
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final long SECOND = 1_000_000_000L;
  private static final Map<String, Aggregation> METERS = new TreeMap<>();

  static {
    for (Aggregation aggregation : Aggregation.values()) {
      METERS.put(aggregation.name(), aggregation);
    }
  }

  private final TestClock clock = new TestClock();

  private record Counted(long time, long sequence, long units) {}

  private static UsageEvent event(long time, long units) {
    List<Measure> measures = new ArrayList<>();
    METERS.keySet().forEach(meter -> measures.add(new Measure(meter, units)));
    return new UsageEvent(
        time, time, "acme", "key", "pro", "/v1/x", 200, false, measures, List.of());
  }

  private static void fold(Ledger ledger, Counted counted) {
    ledger.fold(counted.sequence, event(counted.time, counted.units));
  }

  private static UsageRange hours(Instant from, Instant to) {
    return new UsageRange(from, to, Granularity.HOUR, ZoneOffset.UTC);
  }

  private UsagePoint only(Ledger ledger, String meter, Instant from, Instant to) {
    List<UsagePoint> points =
        ledger.series("acme", meter, new UsageRange(from, to, Granularity.MONTH, ZoneOffset.UTC));
    assertThat(points).hasSize(1);
    return points.get(0);
  }

  /** The definition, on all events at once. */
  private static Amount oracle(Aggregation aggregation, List<Counted> sorted, long from, long to) {
    List<Counted> in = sorted.stream().filter(c -> c.time >= from && c.time < to).toList();
    if (aggregation == Aggregation.TIME_WEIGHTED_SUM) {
      return held(sorted, from, to);
    }
    if (in.isEmpty()) {
      return Amount.NOTHING;
    }
    var units = in.stream().mapToLong(Counted::units);
    return Amount.exact(
        switch (aggregation) {
          case SUM -> units.sum();
          case COUNT -> in.size();
          case MAX -> units.max().orElseThrow();
          case MIN -> units.min().orElseThrow();
          case LAST -> in.get(in.size() - 1).units;
          case UNIQUE -> units.distinct().count();
          case TIME_WEIGHTED_SUM -> throw new AssertionError();
        });
  }

  private static Amount held(List<Counted> sorted, long from, long to) {
    BigInteger sum = BigInteger.ZERO;
    boolean some = false;
    for (int i = 0; i < sorted.size(); i++) {
      long next = i + 1 < sorted.size() ? sorted.get(i + 1).time : to;
      long start = Math.max(from, sorted.get(i).time);
      long end = Math.min(to, next);
      if (end > start) {
        some = true;
        sum =
            sum.add(
                BigInteger.valueOf(sorted.get(i).units).multiply(BigInteger.valueOf(end - start)));
      }
    }
    return some
        ? Amount.exact(sum.divide(BigInteger.valueOf(SECOND)).longValueExact())
        : Amount.NOTHING;
  }

  private static List<Counted> history(Random random, int count) {
    List<Counted> all = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      long time = Events.NOON - random.nextInt(60 * 24 * 3600) * SECOND;
      boolean again = i > 1 && random.nextInt(5) == 0;
      all.add(
          new Counted(
              again ? all.get(random.nextInt(i - 1)).time : time + random.nextInt(1000),
              i,
              random.nextInt(40)));
    }
    return all;
  }

  @Test
  void anyOrder_givesWhatTheDefinitionSays_andTheSameBytes() {
    Random random = new Random(SEED);
    for (int round = 0; round < 10; round++) {
      List<Counted> all = history(random, 1 + random.nextInt(300));
      List<Counted> sorted = new ArrayList<>(all);
      sorted.sort(Comparator.comparingLong(Counted::time).thenComparingLong(Counted::sequence));
      Ledger inOrder = new Ledger(clock, METERS);
      sorted.forEach(counted -> fold(inOrder, counted));
      Ledger shuffled = new Ledger(clock, METERS);
      Collections.shuffle(all, random);
      all.forEach(counted -> fold(shuffled, counted));

      assertThat(LedgerSnapshotTest.bytes(shuffled))
          .as("seed %d, round %d", SEED, round)
          .isEqualTo(LedgerSnapshotTest.bytes(inOrder));
      for (Granularity granularity : Granularity.values()) {
        UsageRange range =
            new UsageRange(
                NOON.minus(Duration.ofDays(40)).minus(Duration.ofHours(random.nextInt(300))),
                NOON.minus(Duration.ofHours(random.nextInt(300))),
                granularity,
                ZoneId.of("Europe/Berlin"));
        checkPoints(shuffled, sorted, range, round);
      }
    }
  }

  private static void checkPoints(
      Ledger ledger, List<Counted> sorted, UsageRange range, int round) {
    METERS.forEach(
        (meter, aggregation) -> {
          for (UsagePoint point : ledger.series("acme", meter, range)) {
            Amount expected =
                oracle(aggregation, sorted, Ledger.nanos(point.start()), Ledger.nanos(point.end()));
            assertThat(new Amount(point.units(), point.certainty()))
                .as("seed %d, round %d, %s, %s", SEED, round, meter, point)
                .isEqualTo(expected);
          }
        });
  }

  @Test
  void snapshotOfAnyPrefix_andTheRest_equalAll() throws IOException {
    Random random = new Random(SEED);
    List<Counted> all = history(random, 60);
    Ledger whole = new Ledger(clock, METERS);
    all.forEach(counted -> fold(whole, counted));
    for (int prefix = 0; prefix <= all.size(); prefix++) {
      Ledger some = new Ledger(clock, METERS);
      all.subList(0, prefix).forEach(counted -> fold(some, counted));
      Ledger restored = LedgerSnapshotTest.read(some, LedgerSnapshotTest.bytes(some));
      all.subList(prefix, all.size()).forEach(counted -> fold(restored, counted));
      assertThat(LedgerSnapshotTest.bytes(restored))
          .as("seed %d, prefix %d", SEED, prefix)
          .isEqualTo(LedgerSnapshotTest.bytes(whole));
    }
  }

  @Test
  void foldedByManyThreads_whileItIsWritten_isTheSame() throws Exception {
    List<Counted> all = history(new Random(SEED), 4000);
    Ledger expected = new Ledger(clock, METERS);
    all.forEach(counted -> fold(expected, counted));
    Ledger shared = new Ledger(clock, METERS);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      List<Counted> own = all.subList(t * 1000, (t + 1) * 1000);
      threads.add(new Thread(() -> own.forEach(counted -> fold(shared, counted))));
    }
    threads.forEach(Thread::start);
    byte[] some = LedgerSnapshotTest.bytes(shared);
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(LedgerSnapshotTest.bytes(LedgerSnapshotTest.read(shared, some))).isEqualTo(some);
    assertThat(LedgerSnapshotTest.bytes(shared))
        .as("seed %d", SEED)
        .isEqualTo(LedgerSnapshotTest.bytes(expected));
  }

  @Test
  void foldingIntoAnHourThatIsKnown_allocatesNothing() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    Ledger ledger = new Ledger(clock, METERS);
    UsageEvent event = event(Events.NOON, 5);
    for (int i = 1; i < 20_000; i++) {
      ledger.fold(i, event);
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 20_000; i < 120_000; i++) {
      ledger.fold(i, event);
    }

    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(100_000);
  }

  @Test
  void moreValuesThanAreKept_areToldAsAtLeast_inAnyOrder() throws IOException {
    int most = Aggregation.MOST_VALUES;
    Ledger ledger = new Ledger(clock, METERS);
    for (int i = 0; i < most; i++) {
      fold(ledger, new Counted(Events.NOON - 1 - i * 7919 % most, i + 1, i));
    }
    Instant from = NOON.minus(Duration.ofHours(2));
    assertThat(only(ledger, "UNIQUE", from, NOON))
        .isEqualTo(new UsagePoint(from, NOON, most, Certainty.EXACT));

    fold(ledger, new Counted(Events.NOON - 5000, most + 1, Long.MAX_VALUE));
    for (Ledger told :
        List.of(ledger, LedgerSnapshotTest.read(ledger, LedgerSnapshotTest.bytes(ledger)))) {
      assertThat(only(told, "UNIQUE", from, NOON))
          .isEqualTo(new UsagePoint(from, NOON, most + 1, Certainty.AT_LEAST));
      assertThat(only(told, "TIME_WEIGHTED_SUM", from, NOON))
          .isEqualTo(new UsagePoint(from, NOON, 0, Certainty.AT_LEAST));
    }
  }

  @Test
  void hourWithTooManyTimes_countsNothing_butItsLastValueHoldsOn() {
    Ledger ledger = new Ledger(clock, METERS);
    for (int i = 0; i <= Aggregation.MOST_VALUES; i++) {
      fold(ledger, new Counted(Events.NOON + i, i + 1, i));
    }
    fold(ledger, new Counted(Events.NOON + 3, 9999, 77));
    clock.advance(Duration.ofHours(3));

    assertThat(ledger.series("acme", "TIME_WEIGHTED_SUM", hours(NOON, NOON.plusSeconds(7200))))
        .extracting(UsagePoint::units, UsagePoint::certainty)
        .containsExactly(
            tuple(0L, Certainty.AT_LEAST), tuple(3600L * Aggregation.MOST_VALUES, Certainty.EXACT));
  }

  @Test
  void heldValue_countsUntilNow_notBeyond_andNotBeforeItsFirst() {
    Ledger ledger = new Ledger(clock, METERS);
    fold(ledger, new Counted(Events.NOON + 600 * SECOND, 1, 5));
    clock.advance(Duration.ofMinutes(70));

    assertThat(
            ledger.series(
                "acme",
                "TIME_WEIGHTED_SUM",
                hours(NOON.minusSeconds(3600), NOON.plusSeconds(3 * 3600))))
        .extracting(UsagePoint::units)
        .containsExactly(0L, 5 * 3000L, 5 * 600L, 0L);
  }

  @Test
  void heldValue_ofLongAgo_isNotForgotten() {
    Ledger ledger = new Ledger(clock, METERS);
    fold(ledger, new Counted(Events.NOON, 1, 3));
    clock.advance(Ledger.KEPT.plusDays(10));
    Instant now = clock.instant();
    fold(ledger, new Counted(Ledger.nanos(now.minusSeconds(3600)), 2, 7));

    assertThat(only(ledger, "TIME_WEIGHTED_SUM", now.minusSeconds(7200), now).units())
        .isEqualTo(10 * 3600);
    assertThat(only(ledger, "MAX", NOON, NOON.plusSeconds(3600)).certainty())
        .isEqualTo(Certainty.NOTHING);
  }

  @Test
  void heldValuesBeyondALong_stayAtTheGreatest_andSaySo() {
    Ledger ledger = new Ledger(clock, METERS);
    fold(ledger, new Counted(Events.NOON - 7200 * SECOND, 1, Long.MAX_VALUE));
    Instant from = NOON.minusSeconds(7200);

    assertThat(only(ledger, "TIME_WEIGHTED_SUM", from, NOON))
        .isEqualTo(new UsagePoint(from, NOON, Long.MAX_VALUE, Certainty.AT_LEAST));
  }

  @Test
  void integral_isExact_atTheGreatestNumbers() {
    Integral integral = new Integral(Long.MIN_VALUE);
    integral.hold(1_000_000_000L);
    integral.advance(Long.MAX_VALUE - 1);
    integral.advance(Long.MAX_VALUE);
    assertThat(integral.amount()).isEqualTo(Amount.atLeast(Long.MAX_VALUE));

    Integral half = new Integral(-1);
    half.hold(999_999_999L);
    half.advance(Long.MAX_VALUE - 1);
    BigInteger exact =
        BigInteger.valueOf(999_999_999L).multiply(BigInteger.valueOf(Long.MAX_VALUE));
    assertThat(half.amount())
        .isEqualTo(Amount.exact(exact.divide(BigInteger.valueOf(SECOND)).longValueExact()));
  }

  @Test
  void changedAggregation_neverTellsHalfAnHourAsAWholeOne() throws IOException {
    for (Aggregation next : Aggregation.values()) {
      Ledger summed = new Ledger(clock);
      summed.fold(1, meter(Events.NOON - 7200 * SECOND, 8));
      Ledger changed = new Ledger(clock, Map.of("m", next));
      changed.read(new DataInputStream(new ByteArrayInputStream(LedgerSnapshotTest.bytes(summed))));
      changed.fold(2, meter(Events.NOON - 7100 * SECOND, 9));
      changed.fold(3, meter(Events.NOON - 3600 * SECOND, 10));
      List<UsagePoint> points = changed.series("acme", "m", hours(NOON.minusSeconds(7200), NOON));
      Certainty first = next == Aggregation.SUM ? Certainty.EXACT : Certainty.AT_LEAST;
      assertThat(points).extracting(UsagePoint::certainty).containsExactly(first, Certainty.EXACT);
      long sum = changed.units("acme", "m", NOON.minusSeconds(7200), NOON);
      assertThat(sum).isEqualTo(27);
    }
  }

  @Test
  void aggregationChangedWhileInUse_neverTellsHalfAnHourAsAWholeOne() throws IOException {
    for (Aggregation next : Aggregation.values()) {
      for (Aggregation former : Aggregation.values()) {
        Ledger ledger = new Ledger(clock, Map.of("m", former));
        Ledger checkpoint = ledger.fresh();
        ledger.fold(1, meter(Events.NOON - 7200 * SECOND, 8));
        checkpoint.fold(1, meter(Events.NOON - 7200 * SECOND, 8));

        ledger.aggregate(Map.of("m", next));
        ledger.fold(2, meter(Events.NOON - 7100 * SECOND, 9));
        ledger.fold(3, meter(Events.NOON - 3600 * SECOND, 10));

        boolean exact = next == former || next == Aggregation.SUM;
        List<UsagePoint> points = ledger.series("acme", "m", hours(NOON.minusSeconds(7200), NOON));
        assertThat(points)
            .describedAs("%s to %s", former, next)
            .extracting(UsagePoint::certainty)
            .containsExactly(exact ? Certainty.EXACT : Certainty.AT_LEAST, Certainty.EXACT);
        assertThat(ledger.units("acme", "m", NOON.minusSeconds(7200), NOON)).isEqualTo(27);
        assertThat(ledger.point("acme", "m", NOON.minusSeconds(3600), NOON))
            .isEqualTo(points.get(1));
        assertThat(ofCheckpoint(checkpoint, ledger)).isEqualTo(points);
      }
    }
  }

  /** What a checkpoint, that knows the first event, makes of the others with the change known. */
  private static List<UsagePoint> ofCheckpoint(Ledger former, Ledger changed) throws IOException {
    Ledger next = changed.fresh();
    next.read(new DataInputStream(new ByteArrayInputStream(LedgerSnapshotTest.bytes(former))));
    next.fold(2, meter(Events.NOON - 7100 * SECOND, 9));
    next.fold(3, meter(Events.NOON - 3600 * SECOND, 10));
    return next.series("acme", "m", hours(NOON.minusSeconds(7200), NOON));
  }

  private static UsageEvent meter(long time, long units) {
    return new UsageEvent(
        time, time, "acme", "k", "t", "e", 200, false, List.of(new Measure("m", units)), List.of());
  }

  @Test
  void days_areThoseOfTheZone() {
    Ledger ledger = new Ledger(clock);
    Instant start = Instant.parse("2026-10-24T22:00:00Z");
    for (int i = 0; i < 49; i++) {
      long time = Ledger.nanos(start.plusSeconds(3600L * i));
      ledger.fold(i + 1, Events.call("acme", time));
    }
    UsageRange range =
        new UsageRange(
            start, start.plusSeconds(3600 * 49), Granularity.DAY, ZoneId.of("Europe/Berlin"));

    assertThat(ledger.series("acme", "calls", range))
        .extracting(UsagePoint::units)
        .containsExactly(25L, 24L);
    assertThat(ledger.series("nobody", "calls", range))
        .extracting(UsagePoint::certainty)
        .containsOnly(Certainty.NOTHING);
  }

  @Test
  void range_thatIsBackwardsOrTooLong_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> hours(NOON, NOON.minusNanos(1)))
        .withMessage(
            "to must not be before from, got 2026-11-20T12:00:00Z to 2026-11-20T11:59:59.999999999Z");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> hours(NOON, NOON.plusSeconds(3600L * UsageRange.MOST_SPANS + 1)))
        .withMessageStartingWith("a range must have at most 10000 spans, got each HOUR from ");
    assertThat(hours(NOON, NOON).bounds()).isEmpty();
  }
}
