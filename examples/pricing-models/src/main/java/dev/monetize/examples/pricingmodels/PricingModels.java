// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.pricingmodels;

import com.stripe.exception.StripeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Runs each model through a month and prints its invoice, ours and Stripe's. */
public final class PricingModels {

  private static final Duration SHORT = Duration.ofMillis(20);

  private PricingModels() {}

  /** Prints four invoices, twice each; usage is kept in a new directory for temporary files. */
  public static void main(String[] args) throws IOException, StripeException, InterruptedException {
    Path data = Files.createTempDirectory("pricing-models");
    print("Per call", perCall(data.resolve("per-call")));
    print("Per second", perSecond(data.resolve("per-second")));
    print("Plan with overage", plan(data.resolve("plan")));
    print("Freemium", freemium(data.resolve("freemium")));
  }

  private static void print(String model, Billed invoice) {
    System.out.print("== " + model + "\n" + invoice.text() + "\n");
  }

  /** 12,345 calls. */
  static Billed perCall(Path data) throws IOException, StripeException, InterruptedException {
    try (November month = new November(data, "per-call.yml", "metered")) {
      month.subscribe("metered");
      month.call(12_000, "GET", "/v1/quotes", SHORT);
      month.day(20);
      month.call(345, "GET", "/v1/quotes", SHORT);
      return month.billed();
    }
  }

  /** 40 renderings of 1.234 s and one of 12.5 s; other calls cost nothing. */
  static Billed perSecond(Path data) throws IOException, StripeException, InterruptedException {
    try (November month = new November(data, "per-second.yml", "metered")) {
      month.subscribe("metered");
      month.call(40, "POST", "/v1/render", Duration.ofMillis(1_234));
      month.day(20);
      month.call(1, "POST", "/v1/render", Duration.ofMillis(12_500));
      month.call(100, "GET", "/v1/status", SHORT);
      return month.billed();
    }
  }

  /** 12,500 calls, 10,000 of which are in the price. */
  static Billed plan(Path data) throws IOException, StripeException, InterruptedException {
    try (November month = new November(data, "plan.yml", "starter")) {
      month.subscribe("starter");
      month.call(9_000, "GET", "/v1/quotes", SHORT);
      month.day(20);
      month.call(3_500, "GET", "/v1/quotes", SHORT);
      return month.billed();
    }
  }

  /** 1,000 calls for free, one refused, an upgrade at the half of the month, and 600 more calls. */
  static Billed freemium(Path data) throws IOException, StripeException, InterruptedException {
    try (November month = new November(data, "freemium.yml", "free")) {
      int served = month.call(1_001, "GET", "/v1/quotes", SHORT);
      if (served != 1_000) {
        throw new IllegalStateException("expected 1000 calls to be free, got " + served);
      }
      month.day(16);
      month.subscribe("pro");
      month.call(600, "GET", "/v1/quotes", SHORT);
      return month.billed();
    }
  }
}
