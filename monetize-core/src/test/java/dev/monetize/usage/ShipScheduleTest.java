// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShipScheduleTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final long HOUR = 3_600_000_000_000L;

  @TempDir private Path directory;
  private final TestClock clock = new TestClock(); // stands at noon
  private final LinkedBlockingQueue<Got> got = new LinkedBlockingQueue<>();
  private FileUsageJournal journal;

  /** A batch, and when it came. */
  private record Got(UsageBatch batch, Instant at) {

    List<String> customers() {
      return batch.events().stream().map(UsageEvent::customer).toList();
    }
  }

  @BeforeEach
  void open() throws IOException {
    journal = FileUsageJournal.openWith(directory, 1 << 20, (sequence, event) -> {});
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private Shipper start(ShipSchedule schedule) {
    UsageSink sink = batch -> got.add(new Got(batch, clock.instant()));
    return Shipper.start(journal, List.of(new NamedSink("file", sink, schedule)), clock);
  }

  /** Appends an event settled so long after noon. */
  private void append(String customer, Duration afterNoon) {
    append(customer, Events.NOON + afterNoon.toNanos() - 1_000_000);
  }

  private void append(String customer, long nanos) {
    assertThat(journal.append(Events.call(customer, nanos))).isPositive();
  }

  private Got turnClockUntilOneCame(Shipper shipper, Duration step) throws InterruptedException {
    Got next = got.poll(1, TimeUnit.MILLISECONDS);
    for (int i = 0; next == null && i < 20_000; i++) {
      clock.advance(step);
      shipper.wake();
      next = got.poll(1, TimeUnit.MILLISECONDS);
    }
    assertThat(next).as("a batch").isNotNull();
    return next;
  }

  @Test
  void onTheHour_cutsShortlyAfterTheHour_andBeforeTheFirstEventOfTheNext() throws Exception {
    Shipper shipper = start(ShipSchedule.onTheHour());
    append("a", Duration.ZERO);
    append("b", Duration.ofHours(1).minusNanos(1));
    append("c", Duration.ofHours(1));
    journal.sync(LONG);

    Got first = turnClockUntilOneCame(shipper, Duration.ofSeconds(20));
    Got second = turnClockUntilOneCame(shipper, Duration.ofSeconds(20));

    assertThat(first.customers()).containsExactly("a", "b");
    assertThat(first.at()).isAfterOrEqualTo(Instant.parse("2026-11-20T13:00:05Z"));
    assertThat(second.customers()).containsExactly("c");
    assertThat(second.at()).isAfterOrEqualTo(Instant.parse("2026-11-20T14:00:05Z"));
    assertThat(shipper.close(LONG)).isTrue();
    assertThat(got).isEmpty();
  }

  @Test
  void daily_cutsAtMidnightUtc() throws Exception {
    Shipper shipper = start(ShipSchedule.daily());
    append("a", Duration.ZERO);
    append("b", Duration.ofHours(12).minusNanos(1));
    append("c", Duration.ofHours(12));
    journal.sync(LONG);

    Got first = turnClockUntilOneCame(shipper, Duration.ofMinutes(10));
    Got second = turnClockUntilOneCame(shipper, Duration.ofMinutes(10));

    assertThat(first.customers()).containsExactly("a", "b");
    assertThat(first.at()).isAfterOrEqualTo(Instant.parse("2026-11-21T00:00:05Z"));
    assertThat(second.customers()).containsExactly("c");
    assertThat(second.at()).isAfterOrEqualTo(Instant.parse("2026-11-22T00:00:05Z"));
    assertThat(shipper.close(LONG)).isTrue();
  }

  @Test
  void hoursThatWait_areCutOneByOne_oldestFirst() throws Exception {
    append("a", Duration.ofMinutes(-150));
    append("b", Duration.ofMinutes(-130));
    append("c", Duration.ofMinutes(-100));
    append("d", Duration.ofMinutes(-10));
    journal.close();
    open();
    Shipper shipper = start(ShipSchedule.onTheHour());
    clock.advance(Duration.ofMinutes(1));
    shipper.wake();

    assertThat(next().customers()).containsExactly("a", "b");
    assertThat(next().customers()).containsExactly("c");
    assertThat(next().customers()).containsExactly("d");
    assertThat(shipper.close(LONG)).isTrue();
  }

  private Got next() throws InterruptedException {
    Got next = got.poll(20, TimeUnit.SECONDS);
    assertThat(next).as("a batch").isNotNull();
    return next;
  }

  @Test
  void anHourWithManyEvents_hasSeveralBatches_allAfterItsEnd() throws Exception {
    Shipper shipper = start(new ShipSchedule.Aligned(3, ShipSchedule.Period.HOUR));
    for (int i = 0; i < 8; i++) {
      append("c" + i, Duration.ofMinutes(i));
    }
    journal.sync(LONG);

    Got first = turnClockUntilOneCame(shipper, Duration.ofSeconds(20));

    assertThat(first.at()).isAfterOrEqualTo(Instant.parse("2026-11-20T13:00:05Z"));
    assertThat(first.customers()).containsExactly("c0", "c1", "c2");
    assertThat(next().customers()).containsExactly("c3", "c4", "c5");
    assertThat(next().customers()).containsExactly("c6", "c7");
    assertThat(shipper.close(LONG)).isTrue();
  }

  @Test
  void shutdown_deliversTheHourSoFar_theRestIsAnotherBatch() throws Exception {
    append("a", Duration.ofMinutes(-61));
    append("b", Duration.ofMinutes(1));
    Shipper before = start(ShipSchedule.onTheHour());
    assertThat(before.close(LONG)).isTrue();
    assertThat(next().customers()).containsExactly("a");
    assertThat(next().customers()).containsExactly("b");
    journal.close();
    open();
    append("c", Duration.ofMinutes(3));

    Shipper after = start(ShipSchedule.onTheHour());
    Got rest = turnClockUntilOneCame(after, Duration.ofSeconds(20));

    assertThat(rest.customers()).containsExactly("c");
    assertThat(rest.at()).isAfterOrEqualTo(Instant.parse("2026-11-20T13:00:05Z"));
    assertThat(after.close(LONG)).isTrue();
  }

  @Test
  void eventsOfTheFuture_waitForAnHourAtMost() throws Exception {
    Shipper shipper = start(ShipSchedule.onTheHour());
    append("future", Duration.ofDays(365));
    append("now", Duration.ZERO);
    journal.sync(LONG);

    Got first = turnClockUntilOneCame(shipper, Duration.ofSeconds(20));
    Got second = turnClockUntilOneCame(shipper, Duration.ofSeconds(20));

    assertThat(first.customers()).containsExactly("future");
    assertThat(first.at()).isBefore(Instant.parse("2026-11-20T13:10:00Z"));
    assertThat(second.customers()).containsExactly("now");
    assertThat(shipper.close(LONG)).isTrue();
  }

  @Test
  void anyOrder_isCutIntoRangesOfOneHour_nothingLostOrTwice() throws Exception {
    long seed = 20261121;
    Random random = new Random(seed);
    List<UsageEvent> appended = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      long time = Events.NOON + i * 10_000_000_000L + random.nextInt() * 4L;
      appended.add(Events.call("c" + i, time));
      assertThat(journal.append(appended.get(i))).isPositive();
    }
    Shipper shipper = start(new ShipSchedule.Aligned(100, ShipSchedule.Period.HOUR));
    assertThat(shipper.close(LONG)).isTrue();

    List<UsageEvent> delivered = new ArrayList<>();
    for (Got each : got) {
      List<UsageEvent> events = each.batch().events();
      assertThat(events.stream().map(e -> Math.floorDiv(e.settledNanos(), HOUR)).distinct())
          .as("seed %d, batch %s", seed, each.batch().id())
          .hasSize(1);
      assertThat(events).hasSizeLessThanOrEqualTo(100);
      delivered.addAll(events);
    }
    assertThat(delivered).as("seed %d", seed).isEqualTo(appended);
  }

  @Test
  void largeEvents_endABatchEarly() throws Exception {
    String wide = "\u20ac".repeat(UsageEvent.MAX_ENDPOINT);
    for (int i = 0; i < 9000; i++) {
      journal.append(
          new UsageEvent(0, 0, "c" + i, "k", "t", wide, 200, false, List.of(), List.of()));
    }
    start(ShipSchedule.within(100_000, Duration.ofHours(1))).close(LONG);

    List<Integer> sizes = got.stream().map(each -> each.batch().recorded().size()).toList();
    assertThat(sizes).hasSizeGreaterThan(1);
    assertThat(sizes.get(0)).isBetween(6000, 8000);
    assertThat(sizes.stream().mapToInt(size -> size).sum()).isEqualTo(9000);
  }

  @Test
  void outOfBounds_isRefused() {
    assertThatThrownBy(() -> ShipSchedule.within(0, Duration.ofSeconds(1)))
        .hasMessage("maxEvents must be 1 to 100000, got 0");
    assertThatThrownBy(() -> new ShipSchedule.Aligned(100_001, ShipSchedule.Period.DAY))
        .hasMessage("maxEvents must be 1 to 100000, got 100001");
    assertThatThrownBy(() -> ShipSchedule.within(1, Duration.ZERO))
        .hasMessage("maxDelay must be above 0 and at most a day, got PT0S");
  }
}
