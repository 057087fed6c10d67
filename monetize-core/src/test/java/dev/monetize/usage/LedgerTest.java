// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LedgerTest {

  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final long HOUR = 3600;

  private final Ledger ledger = new Ledger(InstantSource.fixed(NOON));
  private long sequence;

  private void fold(Instant time, long units, QuotaWindow... windows) {
    long nanos = time.getEpochSecond() * 1_000_000_000L;
    ledger.fold(
        ++sequence,
        new UsageEvent(
            nanos,
            nanos,
            "acme",
            "key",
            "pro",
            "/v1/x",
            200,
            false,
            List.of(new Measure("calls", units)),
            List.of(windows)));
  }

  private static QuotaWindow window(String quota, Instant start) {
    return new QuotaWindow(quota, "calls", false, start.getEpochSecond());
  }

  @Test
  void units_areThoseOfTheHoursThatBeginInTheRange() {
    fold(NOON.minusSeconds(1), 1);
    fold(NOON, 10);
    fold(NOON.plusSeconds(HOUR - 1), 100);
    fold(NOON.plusSeconds(HOUR), 1000);

    assertThat(ledger.units("acme", "calls", NOON, NOON.plusSeconds(HOUR))).isEqualTo(110);
    assertThat(ledger.units("acme", "calls", NOON.plusSeconds(5), NOON.plusSeconds(HOUR + 1)))
        .isEqualTo(1110);
    assertThat(ledger.totals("acme", NOON.minusSeconds(1), NOON)).isEqualTo(Map.of("calls", 1L));
    assertThat(ledger.units("nobody", "calls", NOON, NOON.plusSeconds(HOUR))).isZero();
  }

  @Test
  void quotaThatIsNew_beginsWithTheHoursSinceItsStart_andGoesOnFromThere() {
    fold(NOON.minusSeconds(HOUR), 1);
    fold(NOON.plusSeconds(60), 10);
    fold(NOON.plusSeconds(HOUR), 100);
    QuotaWindow fresh = window("calls/day", NOON.plusSeconds(900));

    assertThat(ledger.used("acme", "key", fresh)).isEqualTo(110);
    fold(NOON.plusSeconds(HOUR + 1), 1000, fresh);
    assertThat(ledger.used("acme", "key", fresh)).isEqualTo(1110);
  }

  @Test
  void quotaThatIsKnown_beginsItsNextWindowAtNothing() {
    fold(NOON.plusSeconds(60), 10, window("calls/day", NOON));
    QuotaWindow next = window("calls/day", NOON.plusSeconds(900));

    assertThat(ledger.used("acme", "key", next)).isZero();
    fold(NOON.plusSeconds(1000), 100, next);
    assertThat(ledger.used("acme", "key", next)).isEqualTo(100);
    assertThat(ledger.used("acme", "key", window("calls/day", NOON))).isEqualTo(10);
  }

  @Test
  void useOfAKey_isItsOwn() {
    QuotaWindow perKey = new QuotaWindow("calls/day/key", "calls", true, NOON.getEpochSecond());
    fold(NOON, 3, perKey);

    assertThat(ledger.used("acme", "key", perKey)).isEqualTo(3);
    assertThat(ledger.used("acme", "other", perKey)).isZero();
  }

  @Test
  void hours_olderThanKept_areForgotten() {
    Instant old = NOON.minus(Ledger.KEPT).minusSeconds(HOUR);
    fold(old, 1);
    fold(NOON, 2);

    assertThat(ledger.units("acme", "calls", old, NOON.plusSeconds(HOUR))).isEqualTo(2);
  }

  @Test
  void sums_stayAtTheLargestNumber() {
    fold(NOON, Long.MAX_VALUE);
    fold(NOON, 5);

    assertThat(ledger.units("acme", "calls", NOON, NOON.plusSeconds(HOUR)))
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void randomHistory_equalsANaiveSum_inAnyOrder() {
    long seed = 42;
    Random random = new Random(seed);
    List<UsageEvent> events = new ArrayList<>();
    Map<String, Long> expected = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      UsageEvent event = randomEvent(random);
      events.add(event);
      long hour = event.time().getEpochSecond() / HOUR;
      event.measures().forEach(m -> sum(expected, event.customer() + m.meter() + hour, m.units()));
      event.windows().forEach(w -> sum(expected, windowKey(event, w), event.units(w.meter())));
    }
    Ledger shuffled = new Ledger(InstantSource.fixed(NOON));
    events.forEach(event -> ledger.fold(++sequence, event));
    Collections.shuffle(events, random);
    events.forEach(event -> shuffled.fold(++sequence, event));

    for (UsageEvent event : events) {
      check(ledger, event, expected);
      check(shuffled, event, expected);
    }
  }

  private static void check(Ledger checked, UsageEvent event, Map<String, Long> expected) {
    Instant hour = Instant.ofEpochSecond(event.time().getEpochSecond() / HOUR * HOUR);
    for (Measure m : event.measures()) {
      assertThat(checked.units(event.customer(), m.meter(), hour, hour.plusSeconds(HOUR)))
          .isEqualTo(expected.get(event.customer() + m.meter() + hour.getEpochSecond() / HOUR));
    }
    for (QuotaWindow w : event.windows()) {
      assertThat(checked.used(event.customer(), event.key(), w))
          .isEqualTo(expected.get(windowKey(event, w)));
    }
  }

  private static void sum(Map<String, Long> sums, String key, long units) {
    sums.merge(key, units, Long::sum);
  }

  private static String windowKey(UsageEvent event, QuotaWindow window) {
    return event.customer() + "|" + (window.perKey() ? event.key() : "") + "|" + window;
  }

  private static UsageEvent randomEvent(Random random) {
    Instant time = NOON.minus(Duration.ofMinutes(random.nextInt(60 * 24 * 60)));
    long seconds = time.getEpochSecond();
    long nanos = seconds * 1_000_000_000L;
    long day = seconds / 86_400 * 86_400;
    return new UsageEvent(
        nanos,
        nanos,
        "c" + random.nextInt(5),
        "k" + random.nextInt(3),
        "pro",
        "/v1/x",
        200,
        false,
        List.of(new Measure("calls", 1), new Measure("tokens", random.nextInt(1000))),
        List.of(
            new QuotaWindow("calls/day", "calls", false, day),
            new QuotaWindow("tokens/day/key", "tokens", true, day)));
  }
}
