// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.pricingmodels;

import com.stripe.exception.StripeException;
import dev.monetize.Admission;
import dev.monetize.ApiCall;
import dev.monetize.Granted;
import dev.monetize.InvoicePreview;
import dev.monetize.Monetizer;
import dev.monetize.Outcome;
import dev.monetize.tier.TierCatalog;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/** A month of one customer, whose clock is turned rather than waited for. */
final class November implements AutoCloseable {

  private static final String CUSTOMER = "acme";

  private volatile Instant now = Instant.parse("2026-11-01T00:00:00Z");
  private final AtStripe stripe;
  private final Monetizer monetizer;
  private final String key;

  /**
   * Begins it.
   *
   * @param data where usage is kept
   * @param tierFile name of a resource
   */
  November(Path data, String tierFile, String tier) throws IOException, StripeException {
    TierCatalog tiers = TierCatalog.parse(tierFile, resource(tierFile));
    stripe = new AtStripe(data.resolve("stripe"), tiers, () -> now);
    monetizer =
        Monetizer.builder()
            .tiers(tiers)
            .dataDirectory(data)
            .clock(() -> now)
            .sink("stripe", stripe.usage())
            .build();
    stripe.start(monetizer);
    monetizer.accounts().createCustomer(CUSTOMER, "Acme Inc.", tier);
    key = monetizer.accounts().issueKey(CUSTOMER, "main").takeSecret();
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = November.class.getResourceAsStream("/" + name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Turns the clock to the begin of a day. */
  void day(int day) {
    now = Instant.parse("2026-11-01T00:00:00Z").plus(Duration.ofDays(day - 1));
  }

  /** Makes calls of some duration each; how many were served, the others being refused. */
  int call(int calls, String method, String path, Duration each) {
    int served = 0;
    for (int i = 0; i < calls; i++) {
      Admission admission = monetizer.admit(ApiCall.of(method, path, key));
      if (admission instanceof Granted call) {
        now = now.plus(each);
        call.settle(Outcome.answered(200));
        served++;
      }
    }
    return served;
  }

  /** Has the customer pay for a tier from now on; its billing period begins. */
  void subscribe(String tier) throws IOException, StripeException {
    stripe.subscribe(CUSTOMER, tier);
  }

  /** Ends it: reports all usage, turns the clock past the billing period, and compares. */
  Billed billed() throws IOException, StripeException, InterruptedException {
    InvoicePreview preview = monetizer.invoicePreview(CUSTOMER, now);
    monetizer.close(); // which delivers what is left
    stripe.report();
    now = preview.end().plus(Duration.ofHours(2)); // an invoice is a draft for an hour
    return new Billed(preview, stripe.lines(CUSTOMER, preview.start(), preview.end()));
  }

  @Override
  public void close() {
    monetizer.close();
    stripe.close();
  }
}
