// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.customsink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.Monetizer;
import dev.monetize.Reason;
import dev.monetize.testkit.FakeCall;
import dev.monetize.testkit.MemoryStorage;
import dev.monetize.testkit.MutableClock;
import dev.monetize.testkit.RecordingSink;
import dev.monetize.tier.TierCatalog;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is sold, from a call to the sinks, without a server. */
class UsageFlowTest {

  private static final String TIERS =
      """
      endpoints:
        POST /v1/generate: {meters: {tokens: {units: handler}}}
      tiers:
        free:
          price: 0
          included_calls: 2/month
          endpoints: [/v1/*]
      """;

  @TempDir Path data;
  private final MutableClock clock = new MutableClock(Instant.parse("2026-11-30T12:00:00Z"));
  private final TotalsFile totals = new TotalsFile(new MemoryStorage(), "totals.properties");
  private final RecordingSink recorded = new RecordingSink();

  private Monetizer open() {
    return Monetizer.builder()
        .tiers(TierCatalog.parse("tiers.yml", TIERS))
        .dataDirectory(data)
        .clock(clock)
        .sink("totals", totals)
        .sink("recorded", recorded)
        .build();
  }

  @Test
  void calls_areChargedUntilTheMonthIsUsedUp_andReachTheSinks() throws Exception {
    try (Monetizer monetizer = open()) {
      monetizer.accounts().createCustomer("acme", "Acme", "free");
      String key = monetizer.accounts().issueKey("acme", "test").takeSecret();
      FakeCall generate = FakeCall.post("/v1/generate", key).uses("tokens", 120);

      assertThat(generate.charged(monetizer)).isEqualTo(Map.of("calls", 1L, "tokens", 120L));
      assertThat(generate.answered(500).charged(monetizer)).isEmpty();
      assertThat(generate.charged(monetizer)).containsEntry("tokens", 120L);
      assertThat(generate.refused(monetizer).reason()).isEqualTo(Reason.QUOTA_EXCEEDED);

      clock.set(Instant.parse("2026-12-01T00:00:00Z"));
      assertThat(generate.charged(monetizer)).containsEntry("calls", 1L);
    } // which delivers what there is

    assertThat(totals.units("acme", "tokens")).isEqualTo(360);
    assertThat(recorded.units("acme", "tokens")).isEqualTo(360);
    assertThat(recorded.events()).last().returns(clock.instant(), event -> event.time());
  }
}
