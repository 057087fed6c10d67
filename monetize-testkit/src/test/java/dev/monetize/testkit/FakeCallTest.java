// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.Monetizer;
import dev.monetize.Outcome;
import dev.monetize.Reason;
import dev.monetize.tier.TierCatalog;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FakeCallTest {

  private static final String TIERS =
      """
      endpoints:
        POST /v1/generate: {meters: {tokens: {units: handler, estimate: 10}}}
      tiers:
        pro:
          price: 49/month
          included_calls: 12/month
          rate_limit: 100/min
          endpoints: [/v1/*]
      """;

  @TempDir private Path directory;
  private Monetizer monetizer;
  private String key;

  @BeforeEach
  void open() {
    MutableClock clock = new MutableClock(Instant.parse("2027-01-15T12:00:00Z"));
    monetizer =
        Monetizer.builder()
            .tiers(TierCatalog.parse("tiers.yml", TIERS))
            .dataDirectory(directory)
            .clock(clock)
            .build();
    monetizer.accounts().createCustomer("acme", "", "pro");
    key = monetizer.accounts().issueKey("acme", "").takeSecret();
  }

  @AfterEach
  void close() {
    monetizer.close();
  }

  @Test
  void billableCall_isChargedForWhatItUses() {
    FakeCall generate = FakeCall.post("/v1/generate", key).uses("tokens", 100).uses("tokens", 20);

    assertThat(generate.charged(monetizer)).isEqualTo(Map.of("calls", 1L, "tokens", 120L));
    assertThat(generate.charged(monetizer)).isEqualTo(Map.of("calls", 1L, "tokens", 120L));
    assertThat(FakeCall.get("/v1/search", key).charged(monetizer)).isEqualTo(Map.of("calls", 1L));
  }

  @Test
  void callThatFails_isNotCharged() {
    FakeCall generate = FakeCall.post("/v1/generate", key).uses("tokens", 100);

    assertThat(generate.answered(500).charged(monetizer)).isEmpty();
    assertThat(generate.ends(Outcome.failed()).charged(monetizer)).isEmpty();
  }

  @Test
  void refusedCall_saysWhy() {
    assertThat(FakeCall.get("/v2/x", key).refused(monetizer).reason()).isEqualTo(Reason.UNMATCHED);
    assertThatThrownBy(() -> FakeCall.get("/v2/x", key).charged(monetizer))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("to be granted, got ");
    assertThatThrownBy(() -> FakeCall.get("/v1/search", key).refused(monetizer))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("to be refused, got ");
    assertThat(FakeCall.get("/v1/search", key).charged(monetizer)).isEqualTo(Map.of("calls", 1L));
  }
}
