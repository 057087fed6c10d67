// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.usage.ExternalUsage;
import dev.monetize.usage.Recording;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A seller of what invoices can hold, its customer acme, and what is recorded of it. */
abstract class InvoiceCase {

  static final String TIERS =
      """
      meters:
        tokens: {aggregation: sum}
        cpu: {aggregation: sum}
      tiers:
        free:
          included_calls: 1000/month
          past_quota: throttle
          endpoints: [/v1/*]
        pro:
          price: 99/month
          included_calls: 50000/month
          overage: $0.002/call
          prices:
            tokens: {graduated: [{up_to: 1000, each: 0.10}, {up_to: 10_000, each: 0.05}, {up_to: inf, each: 0.01}]}
          endpoints: [/v1/*]
        team:
          price: 249/month
          included_calls: 200000/month
          overage: $0.001/call
          prices: {tokens: $10/package of 1000}
          endpoints: [/v1/*]
        yearly:
          price: 490/year
          endpoints: [/v1/*]
        daily:
          included_calls: 100/day
          overage: $0.01/call
          endpoints: [/v1/*]
        weekly:
          included_calls: {included: 1000/week, starts: calendar}
          overage: {calls: {graduated: [{up_to: 500, each: 0.02}, {up_to: inf, each: 0.01}]}}
          endpoints: [/v1/*]
        custom:
          price: custom
          endpoints: [/v1/*]
      """
          .replace("past_quota: throttle", "past_quota: {throttle: 5/min}");

  @TempDir Path data;
  Bench bench;
  private int ids;

  @BeforeEach
  void open() {
    bench = new Bench(data, TIERS);
    at("2026-06-01T00:00:00Z");
  }

  @AfterEach
  void close() {
    bench.close();
  }

  void at(String instant) {
    bench.now = Instant.parse(instant);
  }

  /** Turns the clock, and records usage at that time. */
  void use(String instant, String meter, long units) {
    at(instant);
    assertThat(
            bench.monetizer.record(
                new ExternalUsage(
                    "acme", Map.of(meter, units), bench.now, "test", String.valueOf(ids++))))
        .isInstanceOf(Recording.Recorded.class);
  }

  InvoicePreview invoice(String at) throws IOException {
    return bench.monetizer.invoicePreview("acme", Instant.parse(at));
  }

  InvoicePreview invoice() throws IOException {
    return bench.monetizer.invoicePreview("acme", bench.now);
  }

  static List<String> rows(InvoicePreview invoice) {
    return invoice.lines().stream()
        .map(line -> line.tier() + ", " + line.description() + ": " + line.amount())
        .toList();
  }
}
