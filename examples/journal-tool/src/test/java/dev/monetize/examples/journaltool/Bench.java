// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.journaltool;

import dev.monetize.Admission;
import dev.monetize.ApiCall;
import dev.monetize.Granted;
import dev.monetize.Monetizer;
import dev.monetize.Outcome;
import dev.monetize.tier.TierCatalog;
import dev.monetize.usage.JournalSettings;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.UnaryOperator;

/** An engine that two customers call. */
final class Bench implements AutoCloseable {

  private static final String TIERS = "tiers: {free: {endpoints: [/v1/*]}}";

  private final Path data;
  private final Monetizer monetizer;

  Bench(Path data) {
    this(data, settings -> settings);
  }

  /** One with a journal of its own settings. */
  Bench(Path data, UnaryOperator<JournalSettings> journal) {
    this.data = data;
    monetizer =
        Monetizer.builder()
            .tiers(TierCatalog.parse("tiers.yml", TIERS))
            .dataDirectory(data)
            .clock(() -> Instant.parse("2026-11-20T12:00:00Z"))
            .sink("list", batch -> {})
            .journal(journal)
            .build();
    if (monetizer.accounts().subscription("acme").isEmpty()) {
      monetizer.accounts().createCustomer("acme", "", "free");
      monetizer.accounts().createCustomer("beta", "", "free");
    }
  }

  Path journal() {
    return data.resolve("journal");
  }

  void call(String customer, int times) {
    String key = monetizer.accounts().issueKey(customer, "").takeSecret();
    for (int i = 0; i < times; i++) {
      Admission admission = monetizer.admit(ApiCall.of("GET", "/v1/x", key));
      ((Granted) admission).settle(Outcome.answered(200));
    }
  }

  long lost() {
    return monetizer.health().lost();
  }

  @Override
  public void close() {
    monetizer.close();
  }
}
