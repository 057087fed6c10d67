// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TierChangesTest {

  private static final String BEFORE =
      """
      tiers:
        free:
          endpoints: [/v1/*]
          rate_limit: 10/min
        pro:
          price: 49/month
          included_calls: 1000/month
          rate_limit: 100/min
          endpoints: [/v1/*, /v2/*]
          sla: 99.9%
      endpoints:
        POST /v1/generate: {cost: 2}
      """;

  private static String changes(String before, String after) {
    return TierCatalog.parse("tiers.yml", before)
        .changesTo(TierCatalog.parse("tiers.yml", after))
        .toString();
  }

  @Test
  void changesTo_theSame_isEmpty() {
    TierCatalog catalog = TierCatalog.parse("tiers.yml", BEFORE);

    assertThat(catalog.changesTo(catalog).isEmpty()).isTrue();
    assertThat(changes(BEFORE, BEFORE)).isEmpty();
  }

  @Test
  void changesTo_tellsWhatChangesForEachTier() {
    String after =
        """
        tiers:
          pro:
            price: 59/month
            included_calls: 2000/month
            overage: $0.001
            rate_limit: {limit: 200/min, burst: 300}
            endpoints: [/v1/*, /v3/*]
          gold:
            endpoints: [/v1/admin/*]
        endpoints:
          POST /v1/generate: {cost: 3, meters: {tokens: handler, pages: 2}}
        unmatched: pass
        public: [/health]
        """;

    assertThat(changes(BEFORE, after))
        .isEqualTo(
            """
            free: removed
            pro: price $49/month -> $59/month
            pro: included_calls 1000/month then block -> 2000/month then bill
            pro: rate_limit 100/min -> 200/min burst 300
            pro: sla 99.9% -> none
            pro: overage none -> $0.001/call
            pro: gains /v3/*
            pro: loses /v2/*
            pro: loses /v1/admin/*
            gold: added
            catalog: tiers free, pro -> pro, gold
            catalog: endpoints POST /v1/generate cost 2, billable 2xx -> cost 3, tokens by handler, pages by 2, billable 2xx
            catalog: unmatched deny -> pass
            catalog: public /health none -> open""");
  }

  @Test
  void changesTo_tellsOfMeters() {
    String after = BEFORE + "meters: {seats: {aggregation: max}}\n";

    assertThat(changes(BEFORE, after)).isEqualTo("catalog: meters.seats none -> max");
    assertThat(changes(after, after.replace("max", "last")))
        .isEqualTo("catalog: meters.seats max -> last");
  }

  @Test
  void changesTo_seesWhatAnotherTierTakesAway() {
    String after = BEFORE.replace("[/v1/*, /v2/*]", "[/v1/*, /v2/*, '/v1/admin/{id}']");

    assertThat(changes(BEFORE, after)).isEqualTo("free: loses /v1/admin/{id}");
  }
}
