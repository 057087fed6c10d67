// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.price.Money;
import dev.monetize.tier.TierCatalog;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Invoices of periods in which tier or own values changed. */
class InvoiceChangeTest extends InvoiceCase {

  /**
   * 18 of 30 days are left: the example of https://teamcoby.com/guides/proration-explained-stripe.
   */
  @Test
  void changedTier_isProratedBySecond_andPaysWhatWasUsedInEach() throws IOException {
    bench.customer("acme", "pro");
    use("2026-06-12T23:59:59Z", "calls", 60_000);
    use("2026-06-12T23:59:59Z", "tokens", 1_500);
    at("2026-06-13T00:00:00Z");
    bench.monetizer.accounts().changeTier("acme", "team");
    use("2026-06-13T00:00:00Z", "calls", 210_000);
    use("2026-06-14T00:00:00Z", "tokens", 1_001);

    assertThat(rows(invoice()))
        .containsExactly(
            "pro, base price $99/month: $99",
            "pro, unused time of $99/month: -$59.40",
            "team, remaining time of $249/month: $149.40",
            "pro, calls: 60000 used, 50000 included: $20",
            "pro, tokens: 1500 used: $125",
            "team, calls: 210000 used, 200000 included: $10",
            "team, tokens: 1001 used: $20");
    assertThat(invoice().total()).isEqualTo(Money.of("$364"));
    assertThat(rows(invoice("2026-07-10T00:00:00Z")))
        .startsWith("team, base price $249/month: $249")
        .hasSize(3);
  }

  @Test
  void downgradedTier_givesBack_andItsOverageBeginsPastWhatIsIncluded() throws IOException {
    bench.customer("acme", "team");
    use("2026-06-10T00:00:00Z", "calls", 60_000);
    at("2026-06-16T00:00:00Z");
    bench.monetizer.accounts().changeTier("acme", "pro");
    use("2026-06-17T00:00:00Z", "calls", 51_000);

    assertThat(rows(invoice()))
        .containsExactly(
            "team, base price $249/month: $249",
            "team, unused time of $249/month: -$124.50",
            "pro, remaining time of $99/month: $49.50",
            "team, calls: 60000 used, 60000 included: $0",
            "pro, calls: 51000 used, 50000 included: $2",
            "pro, tokens: 0 used: $0");
  }

  /** As Stripe, which bills each price when its item goes. */
  @Test
  void tierThatComesBack_countsAnew_onALineOfItsOwn() throws IOException {
    bench.customer("acme", "pro");
    use("2026-06-10T00:00:00Z", "calls", 60_000);
    at("2026-06-16T00:00:00Z");
    bench.monetizer.accounts().changeTier("acme", "team");
    at("2026-06-16T12:00:00Z");
    bench.monetizer.accounts().changeTier("acme", "pro");
    use("2026-06-17T00:00:00Z", "calls", 51_000);
    bench.monetizer.accounts().override("acme", Map.of("rate_limit", "5/min"));
    use("2026-06-18T00:00:00Z", "calls", 1_000);

    assertThat(rows(invoice()))
        .contains(
            "pro, calls: 60000 used, 50000 included: $20",
            "pro, calls: 52000 used, 50000 included: $4")
        .noneMatch(row -> row.startsWith("team, calls"));
  }

  @Test
  void changesInOneSecond_orOfOtherValues_chargeNothing() throws IOException {
    bench.customer("acme", "pro");
    at("2026-06-13T00:00:00Z");
    bench.monetizer.accounts().changeTier("acme", "team");
    bench.monetizer.accounts().changeTier("acme", "pro");
    bench.monetizer.accounts().override("acme", Map.of("rate_limit", "5/min"));
    use("2026-06-14T00:00:00Z", "tokens", 1_001);

    assertThat(rows(invoice()))
        .containsExactly(
            "pro, base price $99/month: $99",
            "pro, calls: 0 used, 0 included: $0",
            "pro, tokens: 1001 used: $100.05");
  }

  @Test
  void ownValues_priceWhatIsUsedSinceTheyAreSet() throws IOException {
    bench.customer("acme", "custom");
    assertThat(rows(invoice()))
        .containsExactly("custom, base price is custom, and was not set for this customer: $0");
    at("2026-06-16T00:00:00Z");
    bench.monetizer.accounts().override("acme", Map.of("price", "1000/month"));

    assertThat(rows(invoice()))
        .containsExactly(
            "custom, base price is custom, and was not set for this customer: $0",
            "custom, remaining time of $1000/month: $500");
  }

  @Test
  void capOnOverage_isNeverExceeded_andNotCutForWhatWasUsedBefore() throws IOException {
    bench.customer("acme", "pro");
    use("2026-06-02T10:00:00Z", "calls", 55_000);
    bench.monetizer.accounts().override("acme", Map.of("overage_cap", "56000"));
    use("2026-06-03T10:00:00Z", "calls", 4_000);

    assertThat(rows(invoice()))
        .contains(
            "pro, calls: 59000 used, 50000 included: $18",
            "pro, calls: 3000 past the cap are not paid: -$6");
    assertThat(invoice().total()).isEqualTo(Money.of("$111"));

    at("2026-06-03T10:00:01Z");
    bench.monetizer.accounts().override("acme", Map.of("overage_cap", "50000"));

    assertThat(invoice().total()).isEqualTo(Money.of("$111"));
    use("2026-06-04T10:00:00Z", "calls", 1_000);
    assertThat(invoice().total()).isEqualTo(Money.of("$111"));
  }

  @Test
  void reload_changesThePricesOfThePeriod_andTellsThem() throws IOException {
    bench.customer("acme", "pro");
    use("2026-06-02T10:15:00Z", "tokens", 15_000);

    TierReload reload =
        bench.monetizer.reload(
            TierCatalog.parse("tiers.yml", TIERS.replace("tokens: {graduated", "tokens: {volume")));

    assertThat(reload.changes())
        .containsExactly(
            "pro: prices.tokens graduated up to 1000 $0.10/token, up to 10000 $0.05/token, then"
                + " $0.01/token -> volume up to 1000 $0.10/token, up to 10000 $0.05/token, then"
                + " $0.01/token");
    assertThat(rows(invoice())).contains("pro, tokens: 15000 used: $150");
  }
}
