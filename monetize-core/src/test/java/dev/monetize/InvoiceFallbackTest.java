// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.price.Money;
import dev.monetize.usage.ExternalUsage;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Fallbacks of who does not pay, and trials: what is free, and what is owed nevertheless. */
class InvoiceFallbackTest extends InvoiceCase {

  @Test
  void usedInATrial_isOnNoInvoice_andCountsInNoQuota() throws IOException {
    bench.customer("acme", "pro");
    use("2026-06-02T10:15:00Z", "calls", 60_000);
    bench.monetizer.accounts().setAnchor("acme", Instant.parse("2026-06-20T12:30:00Z"));

    assertThat(rows(invoice()))
        .containsExactly("pro, nothing is due before 2026-06-20T12:30:00Z: $0");

    use("2026-06-20T12:29:59Z", "calls", 60_000);
    use("2026-06-20T12:30:00Z", "calls", 50_001);

    assertThat(rows(invoice("2026-06-21T00:00:00Z")))
        .containsExactly(
            "pro, base price $99/month: $99",
            "pro, calls: 50001 used, 50000 included: $0",
            "pro, tokens: 0 used: $0");
    assertThat(invoice("2026-06-21T00:00:00Z").lines().get(1).exact())
        .isEqualTo(Money.of("$0.002"));
  }

  private void fallback(String instant, @Nullable String other) {
    at(instant);
    bench.monetizer.accounts().update("acme", has -> has.orElseThrow().withFallback(other));
  }

  /** What is owed for is asked for; what the fallback gives is free, and nothing counts anew. */
  @Test
  void fallback_changesNothingOfTheInvoice_andItsUseIsFree() throws IOException {
    String key = bench.customer("acme", "pro");
    use("2026-06-02T10:00:00Z", "calls", 40_000);
    fallback("2026-06-08T12:30:00Z", "free");
    use("2026-06-08T12:40:00Z", "calls", 500);
    assertThat(bench.usage(key).tier()).isEqualTo("free");
    fallback("2026-06-12T00:10:00Z", null);
    use("2026-06-12T00:20:00Z", "calls", 20_000);
    assertThat(bench.usage(key).tier()).isEqualTo("pro");

    assertThat(rows(invoice()))
        .containsExactly(
            "pro, base price $99/month: $99",
            "pro, calls: 60000 used, 50000 included: $20",
            "pro, tokens: 0 used: $0");
  }

  /** A window that goes on from a period before counts as it did then. */
  @Test
  void fallback_ofAPeriodBefore_countsInNoWindow() throws IOException {
    bench.customer("acme", "weekly");
    use("2026-06-29T10:00:00Z", "calls", 600);
    fallback("2026-06-30T00:00:00Z", "free");
    use("2026-06-30T10:00:00Z", "calls", 900);
    fallback("2026-06-30T12:00:00Z", null);
    use("2026-07-02T10:00:00Z", "calls", 300);

    assertThat(rows(invoice())).contains("weekly, calls: 300 used, 300 included: $0");
  }

  /** It is told of while another tier is in force, in a period that is over. */
  @Test
  void useThatIsToldOfInAFreeTier_isFree_wheneverItWas() throws IOException {
    bench.customer("acme", "pro");
    use("2026-06-20T10:00:00Z", "calls", 50_000);
    fallback("2026-07-01T00:30:00Z", "free");
    at("2026-07-01T02:00:00Z");
    Instant before = Instant.parse("2026-06-30T23:00:00Z");
    bench.monetizer.record(
        new ExternalUsage("acme", Map.of("calls", 500L), before, "test", "late"));

    assertThat(invoice("2026-06-10T00:00:00Z").total()).isEqualTo(Money.of("$99"));
  }

  /** Nothing else was in force in the whole period. */
  @Test
  void fallback_forAllOfThePeriod_isFree() throws IOException {
    bench.customer("acme", "pro");
    fallback("2026-06-10T00:00:00Z", "free");
    use("2026-07-02T10:00:00Z", "calls", 60_000);

    assertThat(rows(invoice())).first().isEqualTo("pro, base price $99/month: $99");
    assertThat(invoice().total()).isEqualTo(Money.of("$99"));
  }

  /** Who falls back to something that is sold pays for it, at the prices of what it has. */
  @Test
  void fallback_thatIsSold_isBilledAsTheTierItself() throws IOException {
    bench.customer("acme", "pro");
    fallback("2026-06-10T00:00:00Z", "daily");
    use("2026-06-11T10:00:00Z", "calls", 60_000);

    assertThat(invoice().total()).isEqualTo(Money.of("$119"));
  }

  /** A trial: billing begins later. */
  @Test
  void usage_costsNothing_beforeBillingBegins() {
    String key = bench.customer("acme", "pro");
    use("2026-06-02T10:00:00Z", "calls", 60_000);
    assertThat(bench.usage(key).cost().total()).isEqualTo(Money.of("$119"));

    bench.monetizer.accounts().setAnchor("acme", bench.now.plusSeconds(1));

    UsageReport trial = bench.usage(key);
    assertThat(trial.cost().total()).isEqualTo(Money.of("$0"));
    assertThat(trial.cost().lines()).isEmpty();
    assertThat(trial.meters().get("calls").used()).isEqualTo(60_000);
  }
}
