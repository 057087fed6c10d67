// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Quotas from the call to the answer of how much is left, over restarts and ends of periods. */
class QuotaFlowTest {

  private static final String TIERS =
      """
      endpoints:
        POST /v1/generate: {meters: {tokens: {units: handler, estimate: 1}}}
      tiers:
        blocks:
          price: 0
          included_calls: 3/month
          endpoints: [/v1/*]
        bills:
          price: 0
          included_calls: {included: 3/month, past_quota: {bill: {cap: 8}}}
          endpoints: [/v1/*]
          overage: $0.01/call
        throttles:
          price: 0
          included_calls: {included: 3/month, past_quota: {throttle: 1/min}}
          endpoints: [/v1/*]
        several:
          price: 0
          included_calls: [2/day, 5/month]
          quotas:
            tokens: {included: 10/day, starts: calendar, time_zone: Europe/Berlin}
          endpoints: [/v1/*]
      """;

  @TempDir private Path data;
  private Bench bench;

  @BeforeEach
  void open() {
    bench = new Bench(data, TIERS);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private String customer(String tier, String anchor) {
    String key = bench.customer("acme", tier);
    bench.monetizer.accounts().setAnchor("acme", Instant.parse(anchor));
    return key;
  }

  private void at(String instant) {
    bench.now = Instant.parse(instant);
  }

  private int admitted(int calls, String key) {
    int admitted = 0;
    for (int i = 0; i < calls; i++) {
      admitted += bench.call("/v1/x", key) ? 1 : 0;
    }
    return admitted;
  }

  private Instant resetsAt(String key) {
    return bench.usage(key).meters().get("calls").quota().orElseThrow().resetsAt();
  }

  @Test
  void anchoredPeriods_keepTheirDayThroughShortMonths_andRestarts() {
    at("2027-01-31T10:00:00Z");
    String key = customer("blocks", "2027-01-31T10:00:00Z");
    for (String end :
        List.of("2027-02-28T10:00:00Z", "2027-03-31T10:00:00Z", "2027-04-30T10:00:00Z")) {
      assertThat(admitted(4, key)).isEqualTo(3);
      assertThat(resetsAt(key)).isEqualTo(end);

      at(end);
      bench.pass(Duration.ofMillis(-1));
      bench.restart();
      assertThat(admitted(1, key)).as("just before %s, restarted", end).isZero();
      at(end);
      bench.restart();
    }
    at("2028-02-28T23:00:00Z");
    assertThat(resetsAt(key)).as("leap year").isEqualTo("2028-02-29T10:00:00Z");
  }

  @Test
  void daysOfAZone_areAsLongAsTheZoneMakesThem() {
    at("2027-03-27T23:30:00Z");
    String key = bench.customer("acme", "several");
    assertThat(generated(10, key)).isTrue();
    assertThat(generated(1, key)).isFalse();

    at("2027-03-28T21:59:59.999Z");
    bench.restart();
    assertThat(generated(1, key)).as("a day of 23 hours is not over").isFalse();

    at("2027-03-28T22:00:00Z");
    assertThat(generated(1, key)).isTrue();
  }

  private boolean generated(long tokens, String key) {
    if (bench.monetizer.admit(ApiCall.of("POST", "/v1/generate", key)) instanceof Granted call) {
      call.add("tokens", tokens);
      call.settle(Outcome.answered(200));
      return true;
    }
    return false;
  }

  @Test
  void bill_servesUpToTheCap_overARestart() {
    at("2027-01-31T10:00:00Z");
    String key = customer("bills", "2027-01-31T10:00:00Z");
    assertThat(admitted(5, key)).isEqualTo(5);
    bench.restart();

    assertThat(admitted(5, key)).isEqualTo(3);

    assertThat(bench.denied("/v1/x", key).reason()).isEqualTo(Reason.QUOTA_EXCEEDED);
    assertThat(bench.usage(key).cost().total().toString()).contains("0.05");
    at("2027-02-28T10:00:00Z");
    assertThat(admitted(9, key)).isEqualTo(8);
  }

  @Test
  void bill_stopsAtACapThatTheCustomerSetLower() {
    String key = bench.customer("acme", "bills");

    bench.monetizer.accounts().override("acme", Map.of("overage_cap", "4"));

    assertThat(admitted(9, key)).isEqualTo(4);
    bench.monetizer.accounts().override("acme", Map.of("overage_cap", "3"));
    assertThat(admitted(1, key)).isZero();
    bench.monetizer.accounts().override("acme", Map.of());
    bench.restart();
    assertThat(admitted(9, key)).isEqualTo(4);
  }

  @Test
  void cap_isRefusedAboveTheTiers_belowWhatIsIncluded_andWhereNothingIsBilled() {
    bench.customer("acme", "bills");
    bench.customer("free", "blocks");

    refused("acme", Map.of("overage_cap", "9"), "at most the tier's cap of 8");
    refused("acme", Map.of("overage_cap", "2"), "at least the 3 included");
    refused("acme", Map.of("overage_cap.tokens", "9"), "bills past a quota");
    refused("free", Map.of("overage_cap", "9"), "bills past a quota");
  }

  private void refused(String customer, Map<String, String> own, String why) {
    assertThatThrownBy(() -> bench.monetizer.accounts().override(customer, own))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  @Test
  void throttle_slowsDownPastTheQuota_overARestart() {
    String key = bench.customer("acme", "throttles");
    assertThat(admitted(9, key)).as("3 included, 1 throttled").isEqualTo(4);
    assertThat(admitted(9, key)).isZero();

    bench.pass(Duration.ofMinutes(1));
    assertThat(admitted(9, key)).isEqualTo(1);
    bench.pass(Duration.ofMinutes(1));
    bench.restart();
    assertThat(admitted(9, key)).as("still past the quota").isEqualTo(1);
    assertThat(bench.used("calls", key)).isEqualTo(6);
  }

  @Test
  void severalQuotas_allHold_andARefusedCallCountsInNone() {
    String key = bench.customer("acme", "several");
    assertThat(admitted(9, key)).as("a day's").isEqualTo(2);
    bench.pass(Duration.ofDays(1));
    assertThat(admitted(9, key)).isEqualTo(2);
    bench.pass(Duration.ofDays(1));
    bench.restart();

    assertThat(admitted(9, key)).as("the rest of the month's").isEqualTo(1);

    assertThat(bench.usage(key).meters().get("calls").quotas())
        .extracting(UsageReport.QuotaUse::used)
        .containsExactly(1L, 5L);
    assertThat(bench.shipped).hasSizeLessThanOrEqualTo(5);
  }

  @Test
  void quotasOfOtherMeters_holdOnlyWhereTheMeterIsCounted() {
    String key = bench.customer("acme", "several");
    assertThat(generated(50, key)).as("beyond the estimate").isTrue();
    assertThat(generated(1, key)).as("debited below zero").isFalse();
    assertThat(bench.call("/v1/x", key)).isTrue();
  }
}
