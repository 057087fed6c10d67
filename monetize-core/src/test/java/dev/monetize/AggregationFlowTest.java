// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.monetize.tier.TierCatalog;
import dev.monetize.tier.TierFaultsException;
import dev.monetize.usage.Aggregation;
import dev.monetize.usage.ExportFormat;
import dev.monetize.usage.ExternalUsage;
import dev.monetize.usage.Granularity;
import dev.monetize.usage.Recording;
import dev.monetize.usage.UsageHistory.By;
import dev.monetize.usage.UsagePoint;
import dev.monetize.usage.UsagePoint.Certainty;
import dev.monetize.usage.UsageRange;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Aggregations of the tier file, from the call to the report. */
class AggregationFlowTest {

  private static final String TIERS =
      """
      tiers: {pro: {endpoints: [/v1/*]}}
      endpoints:
        POST /v1/seats: {meters: {seats: handler, slots: handler, least: handler}}
      meters:
        seats: {aggregation: max}
        slots: {aggregation: time_weighted_sum}
        least: {aggregation: min}
        users: {aggregation: unique}
      """;

  @TempDir private Path data;
  private Bench bench;
  private String key;

  private void open() {
    bench = new Bench(data, TIERS);
    key = bench.customer("acme", "pro");
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private void seats(long seats) {
    Granted call = bench.granted("POST", "/v1/seats", key);
    List.of("seats", "slots", "least").forEach(meter -> call.add(meter, seats));
    call.settle(Outcome.answered(200));
  }

  private UsageReport.MeterUse use(String meter) {
    return bench.usage(key).meters().get(meter);
  }

  private void reload(String from, String to) {
    assertThat(TIERS).contains(from);
    bench.monetizer.reload(TierCatalog.parse("tiers.yml", TIERS.replace(from, to)));
  }

  @Test
  void report_tellsWhatTheAggregationMakesOfTheUnits_overRestarts() {
    open();
    seats(5);
    bench.pass(Duration.ofSeconds(60));
    seats(9);
    bench.pass(Duration.ofSeconds(10));
    seats(3);
    bench.pass(Duration.ofSeconds(10));
    bench.call("/v1/seats", key); // says nothing of seats
    Granted silent = bench.granted("POST", "/v1/seats", key);
    silent.settle(Outcome.answered(200));
    for (int time = 0; time < 2; time++) {
      assertThat(bench.usage(key).meters().entrySet())
          .extracting(
              Map.Entry::getKey,
              e -> e.getValue().used(),
              e -> e.getValue().aggregation(),
              e -> e.getValue().certainty())
          .containsExactlyInAnyOrder(
              tuple("calls", 5L, Aggregation.SUM, Certainty.EXACT),
              tuple("seats", 9L, Aggregation.MAX, Certainty.EXACT),
              tuple(
                  "slots",
                  5L * 60 + 9 * 10 + 3 * 10,
                  Aggregation.TIME_WEIGHTED_SUM,
                  Certainty.EXACT),
              tuple("least", 3L, Aggregation.MIN, Certainty.EXACT),
              tuple("users", 0L, Aggregation.UNIQUE, Certainty.NOTHING));
      bench.restart();
    }
  }

  @Test
  void usageFromElsewhere_countsInAMeterThatNoEndpointNames() {
    open();
    for (long user : List.of(7L, 8L, 7L)) {
      bench.pass(Duration.ofSeconds(1));
      Recording recording =
          bench.monetizer.record(
              new ExternalUsage(
                  "acme", Map.of("users", user), bench.now, "logins", bench.now.toString()));
      assertThat(recording).isInstanceOf(Recording.Recorded.class);
    }

    assertThat(use("users").used()).isEqualTo(2);
    assertThat(use("users").certainty()).isEqualTo(Certainty.EXACT);
  }

  @Test
  void reload_withAnotherAggregation_holdsFromThenOn_andSaysSo() throws IOException {
    open();
    seats(5);
    seats(9);

    reload("seats: {aggregation: max}", "seats: {aggregation: last}");

    assertThat(use("seats").aggregation()).isEqualTo(Aggregation.LAST);
    assertThat(use("seats").certainty()).isEqualTo(Certainty.AT_LEAST);
    assertThat(use("slots").certainty()).isEqualTo(Certainty.NOTHING);
    bench.pass(Duration.ofHours(1));
    seats(4);
    Instant hour = bench.now;
    assertThat(byTier("seats", hour)).isEqualTo(4);
    assertThat(use("seats").certainty()).isEqualTo(Certainty.AT_LEAST);
    reload("seats: {aggregation: max}", "seats: {aggregation: sum}");
    assertThat(use("seats").used()).isEqualTo(18);
    assertThat(use("seats").certainty()).isEqualTo(Certainty.EXACT);
  }

  /** What the history says of the hour that a moment is in. */
  private long byTier(String meter, Instant moment) throws IOException {
    UsageRange range =
        new UsageRange(moment, moment.plusSeconds(1), Granularity.HOUR, ZoneOffset.UTC);
    List<UsagePoint> points =
        bench.monetizer.history().series(By.TIER, "acme", meter, range).get("pro");
    return points.get(0).units();
  }

  @Test
  void history_takesTheAggregationsAndColumnsInForce() throws IOException {
    open();
    seats(5);
    seats(9);
    assertThat(byTier("seats", bench.now)).isEqualTo(9);

    reload("seats: {aggregation: max}", "seats: {aggregation: count}\n  rooms: {aggregation: max}");

    assertThat(byTier("seats", bench.now)).as("read again from the journal").isEqualTo(2);
    StringBuilder csv = new StringBuilder();
    bench
        .monetizer
        .history()
        .export("acme", bench.now, bench.now.plusSeconds(1), ExportFormat.CSV, csv);
    assertThat(csv.toString().lines().findFirst().orElseThrow()).contains(",meter:rooms,");
  }

  @Test
  void ownValues_ofAMeterThatIsNoSum_areRefused() {
    String tiers =
        TIERS.replace("pro: {", "pro: {quotas: {pages: custom}, ")
            + "  pages: {aggregation: sum}\n";
    bench = new Bench(data, tiers);
    bench.customer("acme", "pro");
    bench.monetizer.accounts().override("acme", Map.of("prices.pages", "0.1/page"));

    assertThatThrownBy(
            () -> bench.monetizer.accounts().override("acme", Map.of("prices.seats", "1/seat")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("prices.seats: quotas and prices count sums, but")
        .hasMessageContaining("is max");
    assertThatThrownBy(
            () -> bench.monetizer.reload(TierCatalog.parse("t.yml", tiers.replace("sum", "last"))))
        .isInstanceOf(TierFaultsException.class);
  }
}
