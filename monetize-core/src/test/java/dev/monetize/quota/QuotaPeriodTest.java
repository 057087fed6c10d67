// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.monetize.limit.Window;
import dev.monetize.limit.Windows;
import dev.monetize.quota.QuotaPeriod.Start;
import dev.monetize.quota.QuotaPeriod.Unit;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuotaPeriodTest {

  /** Nanoseconds in a long end in 2262; the longest period here is twelve years. */
  private static final long LATEST = Instant.parse("2230-01-01T00:00:00Z").getEpochSecond();

  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final ZoneId APIA = ZoneId.of("Pacific/Apia");
  private static final ZoneId HAVANA = ZoneId.of("America/Havana");

  private static Windows calendar(int count, Unit unit, ZoneId zone) {
    return new QuotaPeriod(count, unit, Start.CALENDAR, zone).windows(null);
  }

  private static Windows anchored(String anchor, int count, Unit unit, ZoneId zone) {
    return new QuotaPeriod(count, unit, Start.SUBSCRIPTION, zone).windows(Instant.parse(anchor));
  }

  private static String at(Windows windows, String instant) {
    Window window = windows.at(nanos(Instant.parse(instant).getEpochSecond()));
    return Instant.ofEpochSecond(window.start()) + "/" + Instant.ofEpochSecond(window.end());
  }

  private static long nanos(long second) {
    return second * 1_000_000_000L;
  }

  @Test
  void calendar_beginsWhereItsUnitDoes() {
    String now = "2027-03-17T14:25:36Z";

    assertThat(at(calendar(1, Unit.HOUR, ZoneOffset.UTC), now))
        .isEqualTo("2027-03-17T14:00:00Z/2027-03-17T15:00:00Z");
    assertThat(at(calendar(1, Unit.DAY, ZoneOffset.UTC), now))
        .isEqualTo("2027-03-17T00:00:00Z/2027-03-18T00:00:00Z");
    assertThat(at(calendar(1, Unit.WEEK, ZoneOffset.UTC), now))
        .isEqualTo("2027-03-15T00:00:00Z/2027-03-22T00:00:00Z");
    assertThat(at(calendar(1, Unit.MONTH, ZoneOffset.UTC), now))
        .isEqualTo("2027-03-01T00:00:00Z/2027-04-01T00:00:00Z");
    assertThat(at(calendar(3, Unit.MONTH, ZoneOffset.UTC), now))
        .isEqualTo("2027-01-01T00:00:00Z/2027-04-01T00:00:00Z");
    assertThat(at(calendar(1, Unit.YEAR, ZoneOffset.UTC), now))
        .isEqualTo("2027-01-01T00:00:00Z/2028-01-01T00:00:00Z");
  }

  @Test
  void calendar_daysAreShorterAndLongerWhenClocksChange() {
    Windows days = calendar(1, Unit.DAY, BERLIN);

    assertThat(at(days, "2027-03-28T12:00:00Z"))
        .isEqualTo("2027-03-27T23:00:00Z/2027-03-28T22:00:00Z");
    assertThat(at(days, "2027-10-31T12:00:00Z"))
        .isEqualTo("2027-10-30T22:00:00Z/2027-10-31T23:00:00Z");
  }

  @Test
  void calendar_skipsADayThatAZoneSkipped() {
    assertThat(at(calendar(1, Unit.DAY, APIA), "2011-12-30T12:00:00Z"))
        .isEqualTo("2011-12-30T10:00:00Z/2011-12-31T10:00:00Z");
  }

  @Test
  void calendar_beginsAtTheGapWhereMidnightIsSkipped() {
    assertThat(at(calendar(1, Unit.DAY, HAVANA), "2027-03-14T12:00:00Z"))
        .isEqualTo("2027-03-14T05:00:00Z/2027-03-15T04:00:00Z");
  }

  @Test
  void anchor_keepsItsDayThroughShortMonths() {
    Windows months = anchored("2027-01-31T10:20:30.999Z", 1, Unit.MONTH, ZoneOffset.UTC);

    assertThat(at(months, "2027-02-27T00:00:00Z"))
        .isEqualTo("2027-01-31T10:20:30Z/2027-02-28T10:20:30Z");
    assertThat(at(months, "2027-03-01T00:00:00Z"))
        .isEqualTo("2027-02-28T10:20:30Z/2027-03-31T10:20:30Z");
    assertThat(at(months, "2028-02-29T10:20:30Z"))
        .isEqualTo("2028-02-29T10:20:30Z/2028-03-31T10:20:30Z");
  }

  @Test
  void anchor_ofALeapDayKeepsIt() {
    Windows years = anchored("2028-02-29T00:00:00Z", 1, Unit.YEAR, ZoneOffset.UTC);

    assertThat(at(years, "2029-06-01T00:00:00Z"))
        .isEqualTo("2029-02-28T00:00:00Z/2030-02-28T00:00:00Z");
    assertThat(at(years, "2032-02-29T00:00:00Z"))
        .isEqualTo("2032-02-29T00:00:00Z/2033-02-28T00:00:00Z");
  }

  @Test
  void anchor_servesInstantsBeforeIt() {
    Windows months = anchored("2027-01-31T00:00:00Z", 1, Unit.MONTH, ZoneOffset.UTC);

    assertThat(at(months, "2026-12-15T00:00:00Z"))
        .isEqualTo("2026-11-30T00:00:00Z/2026-12-31T00:00:00Z");
    assertThat(at(months, "1969-12-15T00:00:00Z"))
        .isEqualTo("1969-11-30T00:00:00Z/1969-12-31T00:00:00Z");
  }

  @Test
  void anchor_keepsItsLocalTime() {
    Windows days = anchored("2027-01-10T01:30:00Z", 1, Unit.DAY, BERLIN); // 02:30

    assertThat(at(days, "2027-03-28T12:00:00Z"))
        .isEqualTo("2027-03-28T01:00:00Z/2027-03-29T00:30:00Z");
    assertThat(at(days, "2027-10-31T12:00:00Z"))
        .isEqualTo("2027-10-31T01:30:00Z/2027-11-01T01:30:00Z");
  }

  @Test
  void hours_areElapsedHours() {
    Windows hours = anchored("2027-03-27T23:30:00Z", 6, Unit.HOUR, BERLIN);

    assertThat(at(hours, "2027-03-28T05:29:59Z"))
        .isEqualTo("2027-03-27T23:30:00Z/2027-03-28T05:30:00Z");
  }

  @Test
  void noAnchor_meansTheCalendar() {
    assertThat(at(QuotaPeriod.of(Unit.MONTH).windows(null), "2027-03-17T00:00:00Z"))
        .isEqualTo("2027-03-01T00:00:00Z/2027-04-01T00:00:00Z");
  }

  @Test
  void calendar_takesNoAnchor() {
    var period = new QuotaPeriod(1, Unit.MONTH, Start.CALENDAR, ZoneOffset.UTC);

    assertThat(at(period.windows(Instant.parse("2027-01-31T00:00:00Z")), "2027-03-17T00:00:00Z"))
        .isEqualTo("2027-03-01T00:00:00Z/2027-04-01T00:00:00Z");
  }

  @Test
  void current_isNotMadeAgain() {
    Windows months = QuotaPeriod.of(Unit.MONTH).windows(null);
    long now = nanos(1_800_000_000L);

    assertThat(months.at(now)).isSameAs(months.at(now + 1));
  }

  @Test
  void windows_followEachOtherEverywhere() {
    Random random = new Random(Long.getLong("monetize.seed", 42));
    ZoneId[] zones = {ZoneOffset.UTC, BERLIN, APIA, HAVANA, ZoneId.of("Australia/Lord_Howe")};
    for (int i = 0; i < 2_000; i++) {
      Unit unit = List.of(Unit.values()).get(random.nextInt(Unit.values().length));
      int count = 1 + random.nextInt(random.nextBoolean() ? 1 : 12);
      ZoneId zone = zones[random.nextInt(zones.length)];
      Instant anchor = Instant.ofEpochSecond(random.nextLong(4_000_000_000L));
      Start start = random.nextBoolean() ? Start.SUBSCRIPTION : Start.CALENDAR;
      var period = new QuotaPeriod(count, unit, start, zone);
      Windows windows = period.windows(anchor);
      Window window = windows.at(nanos(random.nextLong(6_000_000_000L) - 1_000_000_000L));
      for (int j = 0; j < 50 && window.end() < LATEST; j++) {
        Window next = windows.at(nanos(window.end()));
        assertThat(next.start()).as(period + " from " + anchor).isEqualTo(window.end());
        assertThat(windows.at(nanos(next.end()) - 1)).isEqualTo(next);
        assertThat(windows.at(nanos(next.start()) - 1)).isEqualTo(window);
        window = next;
      }
    }
  }

  @Test
  void toString_isShortAndCompleteWhereNotDefault() {
    assertThat(QuotaPeriod.of(Unit.MONTH)).hasToString("month");
    assertThat(new QuotaPeriod(7, Unit.DAY, Start.SUBSCRIPTION, ZoneId.of("UTC")))
        .hasToString("7day");
    assertThat(new QuotaPeriod(1, Unit.DAY, Start.CALENDAR, BERLIN))
        .hasToString("day@Europe/Berlin:calendar");
  }

  @Test
  void count_outOfBoundsIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new QuotaPeriod(0, Unit.DAY, Start.CALENDAR, BERLIN))
        .withMessage("period count must be 1 to 1000, got 0");
  }
}
