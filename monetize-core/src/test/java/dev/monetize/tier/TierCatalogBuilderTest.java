// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Limit;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Scope;
import dev.monetize.price.BasePrice;
import dev.monetize.price.Money;
import dev.monetize.price.Price;
import dev.monetize.quota.PastQuota;
import dev.monetize.quota.Quota;
import dev.monetize.quota.QuotaPeriod;
import dev.monetize.usage.Aggregation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TierCatalogBuilderTest {

  @Test
  void build_makesTheSameAsAFile() {
    TierCatalog built =
        TierCatalog.builder()
            .tier(
                Tier.named("free")
                    .includedCalls(1000, QuotaPeriod.Unit.MONTH)
                    .rateLimit(10, Duration.ofMinutes(1))
                    .endpoints("/v1/basic/*")
                    .support("community")
                    .build())
            .tier(
                Tier.named("pro")
                    .price(BasePrice.monthly(Money.of("$49")))
                    .includedCalls(50_000, QuotaPeriod.Unit.MONTH)
                    .overage(Money.of("$0.002"))
                    .quota("tokens", 100, QuotaPeriod.Unit.DAY)
                    .limit(RateLimit.of("rate", 100, Duration.ofMinutes(1)).perKey())
                    .limit(new ConcurrencyLimit("concurrency", 5, Scope.CUSTOMER, false))
                    .price("compute", Price.perSecond(Money.of("$0.01")))
                    .endpoints("/v1/*")
                    .feature("export", true)
                    .feature("seats", 5)
                    .feature("region", "eu")
                    .sla("99.9%")
                    .build())
            .tier(
                Tier.named("enterprise")
                    .custom("price", "included_calls", "rate_limit")
                    .endpoints("/v1/*", "/v1/admin/*")
                    .shadow()
                    .build())
            .endpoint(
                Endpoint.of("POST /v1/generate")
                    .withCost(5)
                    .withMeter(MeterRule.handler("tokens").estimating(100))
                    .withMeter(MeterRule.elapsed("compute"))
                    .withBillable(BillableStatuses.of("2xx", "404")))
            .meter("tokens", Aggregation.SUM)
            .meter("seats", Aggregation.TIME_WEIGHTED_SUM)
            .publicEndpoints("/health")
            .unmatched(Unmatched.METER)
            .upgradeUrl("https://example.com/upgrade")
            .build();
    TierCatalog read =
        TierCatalog.parse(
            "tiers.yml",
            """
            tiers:
              free:
                included_calls: 1000/month
                rate_limit: 10/min
                endpoints: [/v1/basic/*]
                support: community
              pro:
                price: 49/month
                included_calls: 50000/month
                overage: $0.002
                quotas: {tokens: 100/day}
                rate_limit: {limit: 100/min, per: key}
                concurrency: 5
                prices: {compute: $0.01/second}
                endpoints: [/v1/*]
                features: {export: true, seats: 5, region: eu}
                sla: 99.9%
              enterprise:
                price: custom
                included_calls: custom
                rate_limit: custom
                endpoints: [/v1/*, /v1/admin/*]
                shadow: true
            endpoints:
              POST /v1/generate:
                cost: 5
                meters: {tokens: {units: handler, estimate: 100}, compute: elapsed}
                billable: [2xx, 404]
            meters: {tokens: {aggregation: sum}, seats: {aggregation: time_weighted_sum}}
            public: [/health]
            unmatched: meter
            upgrade_url: https://example.com/upgrade
            """);

    assertThat(read.changesTo(built).toString()).isEmpty();
    assertThat(built.describe()).isEqualTo(read.describe());
    assertThat(built.aggregations()).isEqualTo(read.aggregations());
  }

  @Test
  void build_tellsEveryFault() {
    assertThatThrownBy(
            () ->
                Tier.named("Pro")
                    .includedCalls(0, QuotaPeriod.Unit.DAY)
                    .overage("tokens", Price.perUnit(Money.of("$1")))
                    .limit(RateLimit.of("a", 1, Duration.ofSeconds(1)))
                    .limit(RateLimit.of("a", 2, Duration.ofSeconds(1)))
                    .custom("sla")
                    .endpoints("v1")
                    .build())
        .isInstanceOf(TierFaultsException.class)
        .hasMessage(
            """
            tier "Pro": rate_limits.a: is there twice
            tier "Pro": custom "sla": expected one of price, included_calls, rate_limit, concurrency, quotas.<meter>, rate_limits.<name>
            tier "Pro": endpoints "v1": expected a path that begins with /, such as /v1/reports or GET /v1/reports
            tier "Pro": tier "Pro": expected a name of 1 to 40 of a-z, 0-9, _ and -, such as tokens_in
            tier "Pro": tier "Pro": expected endpoints, such as [/v1/*]
            tier "Pro": overage.tokens: expected an included quota of "tokens" to go past, such as quotas.tokens: 1000/month; a price for every unit belongs in prices""");
  }

  @Test
  void of_refusesTiersThatDoNotFitTogether() {
    Tier dollars = Tier.named("a").price(BasePrice.monthly(Money.of("$1"))).endpoints("/a").build();
    Tier euros = Tier.named("b").price(BasePrice.monthly(Money.of("€1"))).endpoints("/a").build();

    assertThatThrownBy(() -> TierCatalog.of(dollars, euros, dollars))
        .hasMessage(
            """
            tier "a": tier "a" is there twice
            catalog: expected one currency in all tiers, got [USD, EUR]""");
    assertThatThrownBy(TierCatalog::of).hasMessage("catalog: expected at least one tier");
  }

  @Test
  void meter_isNamedOnce_andCallsAreASum() {
    assertThatThrownBy(
            () ->
                TierCatalog.builder()
                    .tier(Tier.named("a").endpoints("/a").build())
                    .meter("calls", Aggregation.SUM)
                    .meter("seats", Aggregation.MAX)
                    .meter("seats", Aggregation.MAX)
                    .meter("calls", Aggregation.COUNT)
                    .meter("Seats", Aggregation.MAX)
                    .build())
        .hasMessage(
            """
            catalog: meters "seats": this meter is there twice
            catalog: meters.calls "count": calls are always added up, expected sum
            catalog: meters "Seats": expected a name of 1 to 40 of a-z, 0-9, _ and -, such as tokens_in""");
  }

  @Test
  void quota_keepsWhatItSays() {
    Quota quota =
        Quota.of("calls", 10, QuotaPeriod.of(QuotaPeriod.Unit.DAY))
            .withPast(new PastQuota.Bill(OptionalLong.of(20)));
    Tier tier = Tier.named("a").quota(quota).overage(Money.of("$1")).endpoints("/a").build();

    assertThat(tier.quotas()).containsExactly(quota);
  }

  @Test
  void build_checksTiersOfOtherMakes() {
    Tier other = new OneLimitTier();

    assertThat(TierCatalog.of(other).tiers()).containsExactly(other);
    assertThatThrownBy(
            () -> TierCatalog.builder().tier(other).endpoint(Endpoint.of("/a").withCost(3)).build())
        .hasMessage(
            "tier \"own\": rate_limits.x: a burst of 2 never admits \"/a\","
                + " which tier \"own\" may call at a cost of 3");
  }

  /** A tier of somebody else's making. */
  private static final class OneLimitTier implements Tier {

    private final Tier tier =
        Tier.named("own")
            .limit(RateLimit.of("x", 2, Duration.ofMinutes(1)))
            .endpoints("/a")
            .build();

    @Override
    public String name() {
      return tier.name();
    }

    @Override
    public Optional<BasePrice> price() {
      return tier.price();
    }

    @Override
    public List<Limit> limits() {
      return tier.limits();
    }

    @Override
    public List<Quota> quotas() {
      return tier.quotas();
    }

    @Override
    public Map<String, Price> prices() {
      return tier.prices();
    }

    @Override
    public List<EndpointPattern> endpoints() {
      return tier.endpoints();
    }

    @Override
    public Map<String, Object> features() {
      return tier.features();
    }

    @Override
    public Optional<String> support() {
      return tier.support();
    }

    @Override
    public Optional<String> sla() {
      return tier.sla();
    }

    @Override
    public boolean shadow() {
      return tier.shadow();
    }

    @Override
    public Set<String> custom() {
      return tier.custom();
    }

    @Override
    public Tier with(Map<String, String> overrides) {
      return this;
    }
  }
}
