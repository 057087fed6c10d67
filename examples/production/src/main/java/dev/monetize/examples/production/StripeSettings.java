// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.production;

import dev.monetize.stripe.StripeConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What the environment says of Stripe.
 *
 * @param webhookSecrets what Stripe signs its events with, each of those who tell them with one
 * @param flushEvery how often usage is reported
 */
record StripeSettings(
    StripeConnection connection, List<String> webhookSecrets, Duration flushEvery) {

  private static final String HOUR = "3600";
  private static final String SECRETS = "STRIPE_WEBHOOK_SECRET";

  /**
   * Reads the environment; what is blank there is not set.
   *
   * @throws IllegalArgumentException if a variable cannot be read, which its message names
   */
  static StripeSettings of(Map<String, String> environment) {
    String base = environment.getOrDefault("STRIPE_API_BASE", "");
    String flush = environment.getOrDefault("STRIPE_FLUSH_SECONDS", "");
    String seconds = flush.isBlank() ? HOUR : flush;
    if (!seconds.matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException(
          "STRIPE_FLUSH_SECONDS must be a number of seconds, got \"" + seconds + "\"");
    }
    List<String> secrets = secrets(environment.getOrDefault(SECRETS, ""));
    try {
      StripeConnection stripe =
          StripeConnection.with(environment.getOrDefault("STRIPE_API_KEY", ""));
      return new StripeSettings(
          base.isBlank() ? stripe : stripe.at(URI.create(base)),
          secrets,
          Duration.ofSeconds(Long.parseLong(seconds)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "STRIPE_API_KEY and STRIPE_API_BASE cannot be used: " + e.getMessage(), e);
    }
  }

  /** An empty one is told elsewhere, as that it is not set. */
  private static List<String> secrets(String text) {
    if (text.isBlank()) {
      return List.of();
    }
    List<String> secrets = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    if (secrets.contains("")) {
      throw new IllegalArgumentException(
          SECRETS + " must be one secret, or several with a comma between them: one is empty");
    }
    return secrets;
  }

  /** Without secrets. */
  @Override
  public String toString() {
    return "StripeSettings[" + connection + ", " + flushEvery + "]";
  }
}
