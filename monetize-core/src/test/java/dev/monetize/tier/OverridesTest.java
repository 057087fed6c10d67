// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Scope;
import dev.monetize.price.Money;
import dev.monetize.price.Price;
import dev.monetize.quota.PastQuota;
import dev.monetize.quota.Quota;
import dev.monetize.quota.QuotaPeriod;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** A customer's own values in the place of a tier's. */
class OverridesTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static final TierCatalog CATALOG =
      TierCatalog.parse(
          "tiers.yml",
          """
          tiers:
            pro:
              price: 49/month
              included_calls: 1000/month
              overage: $0.002/call
              rate_limit: {limit: 10/min, burst: 20, per: key}
              rate_limits:
                slow: {limit: custom, window: strict, burst: 6, shadow: true}
              quotas:
                tokens: [100/day, 1000/month]
              features: {seats: 5}
              endpoints: [/v1/*]
          endpoints:
            POST /v1/generate: {cost: 5, meter: tokens, units: handler}
          """);

  private static Tier with(String... pairs) {
    Map<String, String> overrides = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      overrides.put(pairs[i], pairs[i + 1]);
    }
    return CATALOG.tiers().get(0).with(overrides);
  }

  private static void assertRefused(String property, String value, String message) {
    assertThatThrownBy(() -> with(property, value))
        .isInstanceOf(TierFaultsException.class)
        .hasMessage("tier \"pro\": " + message);
  }

  @Test
  void with_nothing_isTheSameTier() {
    assertThat(with()).isSameAs(CATALOG.tiers().get(0));
  }

  @Test
  void with_aRate_keepsItsScopeAndTakesItAsBurst() {
    assertThat(with("rate_limit", "500/min").limits().get(0))
        .isEqualTo(RateLimit.of("rate", 500, MINUTE).perKey());
    assertThat(with("rate_limits.slow", "7/s").limits().get(1))
        .isEqualTo(
            RateLimit.of("slow", 7, Duration.ofSeconds(1)).asStrict().withBurst(6).inShadow());
    assertThat(with("rate_limits.slow", "5/s").limits().get(1))
        .isEqualTo(
            RateLimit.of("slow", 5, Duration.ofSeconds(1)).asStrict().withBurst(5).inShadow());
  }

  @Test
  void with_moreIncluded_movesTheOverageToo() {
    Tier own = with("included_calls", "2000/month");

    assertThat(own.quotas().get(0))
        .isEqualTo(
            Quota.of("calls", 2000, QuotaPeriod.of(QuotaPeriod.Unit.MONTH))
                .withPast(new PastQuota.Bill(OptionalLong.empty())));
    assertThat(own.prices())
        .containsEntry(
            "calls", new Price.IncludedThenOverage(2000, Price.perUnit(Money.of("$0.002"))));
  }

  @Test
  void with_aQuotaOfSeveral_takesThePlaceOfTheOneWithItsPeriod() {
    assertThat(with("quotas.tokens", "500/day").quotas().stream().map(Quota::included))
        .containsExactly(1000L, 500L, 1000L);
    assertRefused(
        "quotas.tokens",
        "500/week",
        "quotas.tokens \"500/week\": expected the period of one of the tier's quotas of \"tokens\"");
  }

  @Test
  void with_whatTheTierDoesNotSay_addsIt() {
    Tier own =
        with(
            "concurrency", "3",
            "prices.tokens", "$0.01/token",
            "features.export", "true",
            "features.seats", "9",
            "overage", "$0.001",
            "price", "490/year");

    assertThat(own.limits())
        .contains(new ConcurrencyLimit("concurrency", 3, Scope.CUSTOMER, false));
    assertThat(own.prices()).containsEntry("tokens", Price.perUnit(Money.of("$0.01")));
    assertThat(own.features()).isEqualTo(Map.of("seats", 9L, "export", true));
    assertThat(own.price().map(Object::toString)).contains("$490/year");
    assertThat(own.prices())
        .containsEntry(
            "calls", new Price.IncludedThenOverage(1_000, Price.perUnit(Money.of("$0.001"))));
  }

  @Test
  void with_leavesTheTierAsItIs() {
    String before = CATALOG.describe();

    with("rate_limit", "500/min", "included_calls", "5/day", "features.seats", "9");

    assertThat(CATALOG.describe()).isEqualTo(before);
  }

  @Test
  void with_ofAnOverriddenTier_changesThatOne() {
    Tier own = with("rate_limit", "500/min").with(Map.of("included_calls", "7/month"));

    assertThat(((RateLimit) own.limits().get(0)).permits()).isEqualTo(500);
    assertThat(own.quotas().get(0).included()).isEqualTo(7);
  }

  @Test
  void with_aBadValue_isRefusedAsInAFile() {
    assertRefused(
        "rate_limit",
        "10/fortnight",
        "rate_limit \"10/fortnight\": expected <calls>/<s|min|hour|day> such as 10/min, or 100/10s");
    assertRefused(
        "price", "free", "price \"free\": expected 0, <amount>/month or <amount>/year, or custom");
    assertRefused(
        "rate_limit", "custom", "rate_limit \"custom\": expected a value of the customer's own");
    assertRefused("rate_limit", null, "rate_limit: expected a value, got null");
    assertRefused(
        "rate_limt",
        "10/min",
        "a customer cannot have an own value of \"rate_limt\": expected rate_limit");
    assertRefused(
        "rate_limits.fast",
        "10/min",
        "a customer cannot have an own value of \"rate_limits.fast\": expected rate_limits.slow");
    assertRefused(
        "endpoints",
        "/v1/*",
        "a customer cannot have an own value of \"endpoints\": expected one of price,"
            + " included_calls, rate_limit, rate_limits.slow, concurrency, overage,"
            + " overage_cap, quotas.<meter>, prices.<meter>, features.<name>");
    assertRefused(
        "features.Seats",
        "9",
        "\"features.Seats\": expected a name of 1 to 40 of a-z, 0-9, _ and -, such as tokens_in");
  }

  @Test
  void with_whatTheEndpointsCannotHave_isRefused() {
    assertRefused(
        "rate_limit",
        "4/min",
        "rate_limit: a burst of 4 never admits \"POST /v1/generate\","
            + " which tier \"pro\" may call at a cost of 5");
    assertRefused(
        "quotas.pages",
        "4/day",
        "quotas.pages: no endpoint counts the meter \"pages\", expected one of calls, tokens"
            + "; usage from elsewhere is declared under meters");
    assertRefused(
        "prices.calls", "$0.01", "overage: \"calls\" has a price for every unit in prices already");
  }

  @Test
  void with_severalBadValues_tellsEachOne() {
    assertThatThrownBy(() -> with("rate_limit", "x", "concurrency", "0"))
        .hasMessage(
            """
            tier "pro": concurrency "0": expected a whole number from 1 to 1000000
            tier "pro": rate_limit "x": expected <calls>/<s|min|hour|day> such as 10/min, or 100/10s""");
  }
}
