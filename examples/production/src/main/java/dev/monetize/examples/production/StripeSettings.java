// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.production;

import dev.monetize.stripe.StripeConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * What the environment says of Stripe.
 *
 * @param webhookSecret what Stripe signs its events with
 * @param flushEvery how often usage is reported
 */
record StripeSettings(StripeConnection connection, String webhookSecret, Duration flushEvery) {

  private static final String HOUR = "3600";

  /**
   * Reads the environment.
   *
   * @throws IllegalArgumentException if a variable cannot be read, which its message names
   */
  static StripeSettings of(Map<String, String> environment) {
    String base = environment.getOrDefault("STRIPE_API_BASE", "");
    String seconds = environment.getOrDefault("STRIPE_FLUSH_SECONDS", HOUR);
    if (!seconds.matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException(
          "STRIPE_FLUSH_SECONDS must be a number of seconds, got \"" + seconds + "\"");
    }
    try {
      StripeConnection stripe =
          StripeConnection.with(environment.getOrDefault("STRIPE_API_KEY", ""));
      return new StripeSettings(
          base.isBlank() ? stripe : stripe.at(URI.create(base)),
          environment.getOrDefault("STRIPE_WEBHOOK_SECRET", ""),
          Duration.ofSeconds(Long.parseLong(seconds)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "STRIPE_API_KEY and STRIPE_API_BASE cannot be used: " + e.getMessage(), e);
    }
  }

  /** Without secrets. */
  @Override
  public String toString() {
    return "StripeSettings[" + connection + ", " + flushEvery + "]";
  }
}
