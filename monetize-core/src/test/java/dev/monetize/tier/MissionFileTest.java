// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.limit.RateLimit;
import dev.monetize.price.BasePrice;
import dev.monetize.price.Money;
import dev.monetize.price.Price;
import dev.monetize.quota.PastQuota;
import dev.monetize.quota.Quota;
import dev.monetize.quota.QuotaPeriod;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tier file that the product is described by loads as it stands and means what it says. */
class MissionFileTest {

  private static final String FILE =
      """
      tiers:
        free:
          price: 0
          included_calls: 1000/month
          rate_limit: 10/min
          endpoints: [/v1/basic/*]
          support: community
        pro:
          price: 49/month
          included_calls: 50000/month
          rate_limit: 100/min
          endpoints: [/v1/*]
          support: email
          overage: $0.002/call
        enterprise:
          price: custom
          included_calls: custom
          rate_limit: custom
          endpoints: [/v1/*, /v1/admin/*]
          support: dedicated
          sla: 99.9%
      """;

  private static final QuotaPeriod MONTH = QuotaPeriod.of(QuotaPeriod.Unit.MONTH);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final TierCatalog catalog = TierCatalog.parse("tiers.yml", FILE);

  @Test
  void free_isAsItStands() {
    Tier free = tier("free");

    assertThat(free.price()).contains(BasePrice.monthly(Money.of("$0")));
    assertThat(free.quotas()).containsExactly(Quota.of("calls", 1000, MONTH));
    assertThat(free.limits()).containsExactly(RateLimit.of("rate", 10, MINUTE));
    assertThat(free.support()).contains("community");
    assertThat(free.sla()).isEmpty();
    assertThat(free.prices()).isEmpty();
    assertThat(free.custom()).isEmpty();
  }

  @Test
  void pro_billsCallsPastTheIncludedOnes() {
    Tier pro = tier("pro");

    assertThat(pro.price()).contains(BasePrice.monthly(Money.of("$49")));
    assertThat(pro.quotas())
        .containsExactly(
            Quota.of("calls", 50_000, MONTH).withPast(new PastQuota.Bill(OptionalLong.empty())));
    assertThat(pro.prices())
        .isEqualTo(
            Map.of(
                "calls", new Price.IncludedThenOverage(50_000, Price.perUnit(Money.of("$0.002")))));
  }

  @Test
  void enterprise_waitsForValuesOfTheCustomer() {
    Tier enterprise = tier("enterprise");

    assertThat(enterprise.price()).isEmpty();
    assertThat(enterprise.limits()).isEmpty();
    assertThat(enterprise.quotas()).isEmpty();
    assertThat(enterprise.custom()).containsExactly("price", "included_calls", "rate_limit");
    assertThat(enterprise.sla()).contains("99.9%");
  }

  @Test
  void enterprise_withItsOwnValues_waitsForNothing() {
    Tier own =
        tier("enterprise")
            .with(
                Map.of(
                    "rate_limit", "1000000/min",
                    "included_calls", "10000000/month",
                    "price", "5000/month"));

    assertThat(own.name()).isEqualTo("enterprise");
    assertThat(own.price()).contains(BasePrice.monthly(Money.of("$5000")));
    assertThat(own.limits()).containsExactly(RateLimit.of("rate", 1_000_000, MINUTE));
    assertThat(own.quotas()).containsExactly(Quota.of("calls", 10_000_000, MONTH));
    assertThat(own.custom()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/basic, free pro enterprise, free",
    "/v1/basic/hello, free pro enterprise, free",
    "/v1/basic/a/b, free pro enterprise, free",
    "/v1, pro enterprise, pro",
    "/v1/reports, pro enterprise, pro",
    "/v1/basics, pro enterprise, pro",
    "/v1/admin, enterprise, enterprise",
    "/v1/admin/x, enterprise, enterprise",
  })
  void route_leadsEachTierWhereItMay(String path, String allowed, String lowest) {
    Route.Metered route = (Route.Metered) catalog.route("GET", path);

    assertThat(catalog.tiers().stream().filter(route::allows).map(Tier::name))
        .containsExactly(allowed.split(" "));
    assertThat(route.lowest().map(Tier::name)).contains(lowest);
    assertThat(route.endpoint().cost()).isEqualTo(1);
    assertThat(route.endpoint().meters()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"/", "/v2", "/V1/basic", "/v10", "/health"})
  void route_ofWhatNoTierLists_isUnmatched(String path) {
    assertThat(catalog.route("GET", path)).isEqualTo(new Route.Unmatched());
  }

  @Test
  void catalog_knowsItsParts() {
    assertThat(catalog.tiers().stream().map(Tier::name))
        .containsExactly("free", "pro", "enterprise");
    assertThat(catalog.meters()).isEqualTo(List.of("calls"));
    assertThat(catalog.endpoints().stream().map(Endpoint::label))
        .containsExactlyInAnyOrder("/v1/basic/*", "/v1/*", "/v1/admin/*");
    assertThat(catalog.upgradeUrl()).isEmpty();
    assertThat(catalog.source()).isEmpty();
  }

  @Test
  void describe_tellsWhatEachTierMayCall() {
    assertThat(catalog.describe())
        .isEqualTo(
            """
            free
              may call /v1/basic/*
              price: $0/month
              included_calls: 1000/month then block
              rate_limit: 10/min
              support: community
            pro
              may call /v1/*
              but not /v1/admin/* (from enterprise)
              price: $49/month
              included_calls: 50000/month then bill
              overage: $0.002/call
              rate_limit: 100/min
              support: email
            enterprise
              may call /v1/*, /v1/admin/*
              price: custom
              included_calls: custom
              rate_limit: custom
              support: dedicated
              sla: 99.9%
            what no pattern matches: refused (unmatched: deny)
            """);
  }

  private Tier tier(String name) {
    return catalog.tier(name).orElseThrow();
  }
}
