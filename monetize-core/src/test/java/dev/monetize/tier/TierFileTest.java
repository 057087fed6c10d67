// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Scope;
import dev.monetize.price.BasePrice;
import dev.monetize.price.Money;
import dev.monetize.price.Price;
import dev.monetize.quota.PastQuota;
import dev.monetize.quota.Quota;
import dev.monetize.quota.QuotaPeriod;
import dev.monetize.quota.QuotaPeriod.Start;
import dev.monetize.quota.QuotaPeriod.Unit;
import dev.monetize.tier.MeterRule.Units;
import dev.monetize.usage.Aggregation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a tier file can say. */
class TierFileTest {

  private static final String RULES =
      """
      endpoints:
        POST /v1/generate: {meters: {tokens: handler}}
        /v1/render: {meters: {compute: elapsed}}
      """;

  @ParameterizedTest
  @CsvSource({
    "10/s, 10, PT1S",
    "10/sec, 10, PT1S",
    "10/second, 10, PT1S",
    "100/min, 100, PT1M",
    "100/minute, 100, PT1M",
    "5/h, 5, PT1H",
    "5/hour, 5, PT1H",
    "1_000_000/day, 1000000, PT24H",
    "100/10s, 100, PT10S",
    "100/10 s, 100, PT10S",
    "100/15 minutes, 100, PT15M",
    "100/2 days, 100, PT48H",
  })
  void rateLimit_readsCallsPerPeriod(String text, long permits, Duration period) {
    assertThat(tier("rate_limit: " + text).limits())
        .containsExactly(RateLimit.of("rate", permits, period));
  }

  @Test
  void rateLimit_readsItsDetails() {
    assertThat(tier("rate_limit: {limit: 10/min, burst: 20, per: key, shadow: true}").limits())
        .containsExactly(
            new RateLimit("rate", 10, Duration.ofMinutes(1), 20, false, Scope.KEY, true, null));
    assertThat(tier("rate_limit: {limit: 10/min, window: strict}").limits())
        .containsExactly(
            new RateLimit("rate", 10, Duration.ofMinutes(1), 1, true, Scope.CUSTOMER, false, null));
  }

  @Test
  void rateLimits_haveNames() {
    Tier tier =
        tier("rate_limits: {fast: 10/s, slow: {limit: 100/min, per: key}}", "concurrency: 3");

    assertThat(tier.limits())
        .containsExactly(
            RateLimit.of("fast", 10, Duration.ofSeconds(1)),
            RateLimit.of("slow", 100, Duration.ofMinutes(1)).perKey(),
            new ConcurrencyLimit("concurrency", 3, Scope.CUSTOMER, false));
  }

  @Test
  void concurrency_readsItsDetails() {
    assertThat(tier("concurrency: {max: 2, per: key, shadow: true}").limits())
        .containsExactly(new ConcurrencyLimit("concurrency", 2, Scope.KEY, true));
  }

  @ParameterizedTest
  @CsvSource({
    "1000/month, 1000, 1, MONTH",
    "10/hour, 10, 1, HOUR",
    "10/day, 10, 1, DAY",
    "10/week, 10, 1, WEEK",
    "10/year, 10, 1, YEAR",
    "100_000/7 days, 100000, 7, DAY",
    "100000/7days, 100000, 7, DAY",
  })
  void includedCalls_readUnitsPerPeriod(String text, long included, int count, Unit unit) {
    QuotaPeriod period = new QuotaPeriod(count, unit, Start.SUBSCRIPTION, ZoneOffset.UTC);

    assertThat(tier("included_calls: " + text).quotas())
        .containsExactly(Quota.of("calls", included, period));
  }

  @Test
  void quotas_readTheirDetails() {
    Tier tier =
        tier(
            "quotas:",
            "  calls: [100/day, {included: 2000/month, past_quota: {throttle: 5/min}}]",
            "  tokens: {included: 1000/week, starts: calendar, time_zone: Europe/Paris,"
                + " per: key, shadow: true}");

    assertThat(tier.quotas())
        .containsExactly(
            Quota.of("calls", 100, QuotaPeriod.of(Unit.DAY)),
            Quota.of("calls", 2000, QuotaPeriod.of(Unit.MONTH))
                .withPast(new PastQuota.Throttle(5, Duration.ofMinutes(1))),
            Quota.of(
                    "tokens",
                    1000,
                    new QuotaPeriod(1, Unit.WEEK, Start.CALENDAR, ZoneId.of("Europe/Paris")))
                .perKey()
                .inShadow());
  }

  @Test
  void timeZone_isTheDefaultOfAllQuotas() {
    TierCatalog catalog =
        TierCatalog.parse(
            "tiers.yml",
            "time_zone: Asia/Tokyo\n"
                + "tiers: {free: {endpoints: [/v1/*], included_calls: 10/day}}");

    assertThat(catalog.tiers().get(0).quotas().get(0).period().zone())
        .isEqualTo(ZoneId.of("Asia/Tokyo"));
  }

  @Test
  void pastQuota_billsUpToACap() {
    Tier tier =
        tier("included_calls: 1000/month", "overage: $0.01", "past_quota: {bill: {cap: 5000}}");

    assertThat(tier.quotas().get(0).past()).isEqualTo(new PastQuota.Bill(OptionalLong.of(5000)));
  }

  @Test
  void overage_ofSeveralQuotas_isBilledPastTheLongest() {
    Tier tier = tier("included_calls: [100/day, 1000/month, 50/hour]", "overage: $0.01");

    assertThat(tier.quotas().stream().map(Quota::past))
        .containsExactly(
            new PastQuota.Block(), new PastQuota.Bill(OptionalLong.empty()), new PastQuota.Block());
    assertThat(tier.prices())
        .isEqualTo(
            Map.of("calls", new Price.IncludedThenOverage(1000, Price.perUnit(Money.of("$0.01")))));
  }

  @Test
  void prices_areOfUnitsOrSeconds() {
    Tier tier =
        tier(
            "prices: {calls: $0.001, tokens: $0.00002/token, compute: $0.01/second}",
            "quotas: {calls: 100/day}");

    assertThat(tier.prices())
        .isEqualTo(
            Map.of(
                "calls", Price.perUnit(Money.of("$0.001")),
                "tokens", Price.perUnit(Money.of("$0.00002")),
                "compute", Price.perSecond(Money.of("$0.01"))));
    assertThat(tier.quotas().get(0).past()).isEqualTo(new PastQuota.Block());
  }

  @Test
  void overage_canBePerSecondToo() {
    Tier tier = tier("quotas: {compute: 3600000/month}", "overage: {compute: $0.01/second}");

    assertThat(tier.prices())
        .isEqualTo(
            Map.of(
                "compute",
                new Price.IncludedThenOverage(3_600_000, Price.perSecond(Money.of("$0.01")))));
  }

  @ParameterizedTest
  @CsvSource({
    "0, $0/month",
    "49/month, $49/month",
    "$49/month, $49/month",
    "49.50 USD/month, $49.50/month",
    "490/year, $490/year",
  })
  void price_isPerMonthOrYear(String text, String expected) {
    assertThat(tier("price: " + text).price().map(BasePrice::toString)).contains(expected);
  }

  @Test
  void price_thatIsNotSaid_isNothing() {
    assertThat(tier("support: none").price()).contains(BasePrice.monthly(Money.of("$0")));
  }

  @Test
  void currency_isOneOfTheWholeFile() {
    TierCatalog catalog =
        TierCatalog.parse(
            "tiers.yml",
            "currency: EUR\n"
                + "tiers: {pro: {endpoints: [/v1/*], price: 49 EUR/month,"
                + " prices: {calls: €0.5/call}}}");

    assertThat(catalog.tiers().get(0).price()).contains(BasePrice.monthly(Money.of("€49")));
    assertThat(catalog.tiers().get(0).prices())
        .containsEntry("calls", Price.perUnit(Money.of("€0.5")));
  }

  @Test
  void features_areTruthsNumbersAndTexts() {
    assertThat(
            tier("features: {export: true, seats: 5, region: eu-west, zip: '0123', yes: 'no'}")
                .features())
        .containsExactly(
            Map.entry("export", true),
            Map.entry("seats", 5L),
            Map.entry("region", "eu-west"),
            Map.entry("zip", "0123"),
            Map.entry("yes", "no"));
  }

  @Test
  void custom_waitsForTheCustomer() {
    Tier tier =
        tier(
            "price: custom",
            "included_calls: custom",
            "quotas: {tokens: {included: custom, per: key}}",
            "rate_limit: {limit: custom, window: strict}",
            "rate_limits: {slow: custom}",
            "concurrency: {max: custom, per: key}");

    assertThat(tier.custom())
        .containsExactly(
            "price",
            "included_calls",
            "quotas.tokens",
            "rate_limit",
            "rate_limits.slow",
            "concurrency");
    assertThat(tier.limits()).isEmpty();
    assertThat(tier.quotas()).isEmpty();
    assertThat(tier.price()).isEmpty();
  }

  @Test
  void shadow_isOfATierOrAllTiers() {
    assertThat(tier("shadow: true").shadow()).isTrue();
    assertThat(tier("shadow: false").shadow()).isFalse();
    TierCatalog catalog =
        TierCatalog.parse("tiers.yml", "shadow: true\ntiers: {free: {endpoints: [/v1/*]}}");
    assertThat(catalog.tiers().get(0).shadow()).isTrue();
  }

  @Test
  void endpoints_readWhatCallsCostAndCount() {
    TierCatalog catalog =
        TierCatalog.parse(
            "tiers.yml",
            """
            tiers: {free: {endpoints: [/v1/*]}}
            upgrade_url: https://example.com/upgrade
            unmatched: pass
            public: /health
            endpoints:
              POST /v1/generate:
                cost: 5
                meter: tokens
                units: header X-Tokens
                estimate: 100
                billable: [2xx, 404, 402-410]
              /v1/{id}/pages:
                meters:
                  pages: 3
                  compute: elapsed
                  bytes: {units: handler, estimate: 1_000}
            """);

    assertThat(endpoint(catalog, "POST", "/v1/generate"))
        .isEqualTo(
            new Endpoint(
                "POST /v1/generate",
                5,
                List.of(new MeterRule("tokens", new Units.ResponseHeader("X-Tokens"), 100)),
                BillableStatuses.of("2xx", "404", "402-410")));
    assertThat(endpoint(catalog, "GET", "/v1/7/pages").meters())
        .containsExactly(
            MeterRule.fixed("pages", 3),
            MeterRule.elapsed("compute"),
            MeterRule.handler("bytes").estimating(1000));
    assertThat(catalog.upgradeUrl()).contains("https://example.com/upgrade");
    assertThat(catalog.meters())
        .containsExactlyInAnyOrder("calls", "tokens", "pages", "compute", "bytes");
    assertThat(catalog.meters().get(0)).isEqualTo("calls");
  }

  @Test
  void meters_sayHowTheirUnitsBecomeOneNumber() {
    String words = "sum count max min last unique time_weighted_sum";
    StringBuilder file = new StringBuilder("tiers: {free: {endpoints: [/v1/*]}}\nmeters:\n");
    for (String word : words.split(" ")) {
      file.append("  by_%s: {aggregation: %s}\n".formatted(word, word));
    }
    file.append(
        "  tokens: {aggregation: max}\nendpoints: {/v1/x: {meter: tokens, units: handler}}");

    TierCatalog catalog = TierCatalog.parse("tiers.yml", file.toString());

    assertThat(catalog.aggregations())
        .hasSize(9)
        .containsEntry("calls", Aggregation.SUM)
        .containsEntry("tokens", Aggregation.MAX);
    for (Aggregation aggregation : Aggregation.values()) {
      assertThat(catalog.aggregations()).containsEntry("by_" + aggregation, aggregation);
    }
    assertThat(catalog.meters()).startsWith("calls", "tokens", "by_sum");
    assertThat(catalog.describe()).contains("meters: by_sum by sum, by_count by count, ");
  }

  @Test
  void declaredMeter_canBePricedAndBilled_whereNoEndpointCountsIt() {
    TierCatalog catalog =
        TierCatalog.parse(
            "tiers.yml",
            """
            meters: {pages: {aggregation: sum}, rows: {aggregation: sum}}
            tiers:
              free:
                endpoints: [/v1/*]
                prices: {rows: 0.01/row}
                quotas: {pages: 100/month}
                overage: {pages: 0.05/page}
            """);

    assertThat(catalog.tiers().get(0).prices()).containsOnlyKeys("rows", "pages");
    assertThat(catalog.meters()).containsExactly("calls", "pages", "rows");
  }

  @Test
  void billable_coversClassesRangesAndStatuses() {
    BillableStatuses statuses = BillableStatuses.of("2xx", "404", "402-403");

    assertThat(statuses.covers(200)).isTrue();
    assertThat(statuses.covers(299)).isTrue();
    assertThat(statuses.covers(300)).isFalse();
    assertThat(statuses.covers(403)).isTrue();
    assertThat(statuses.covers(401)).isFalse();
    assertThat(statuses.covers(-1)).isFalse();
    assertThat(statuses.covers(999)).isFalse();
    assertThat(statuses).hasToString("2xx, 404, 402-403");
  }

  @Test
  void load_readsYamlAndJsonAlike(@TempDir Path directory) throws IOException {
    Path yaml = directory.resolve("tiers.yml");
    Path json = directory.resolve("tiers.json");
    Files.writeString(
        yaml,
        """
        tiers:
          free:
            price: 0
            rate_limit: 10/min
            endpoints: [/v1/*]
            features: {seats: 5, export: true}
        """);
    Files.writeString(
        json,
        "{\"tiers\": {\"free\": {\"price\": 0, \"rate_limit\": \"10/min\","
            + "\t\"endpoints\": [\"\\/v1/*\"], \"features\": {\"seats\": 5, \"export\": true}}}}");

    TierCatalog loaded = TierCatalog.load(yaml);
    assertThat(loaded.source()).contains(yaml);
    assertThat(loaded.changesTo(TierCatalog.load(json)).changes()).isEmpty();
    assertThat(TierCatalog.load(json).describe()).isEqualTo(loaded.describe());
  }

  private static Endpoint endpoint(TierCatalog catalog, String method, String path) {
    return ((Route.Metered) catalog.route(method, path)).endpoint();
  }

  private static Tier tier(String... lines) {
    String file = "tiers:\n  t:\n    endpoints: [/v1/*]\n    " + String.join("\n    ", lines);
    return TierCatalog.parse("tiers.yml", file + "\n" + RULES).tiers().get(0);
  }
}
