// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.Stripe;
import com.stripe.StripeClient;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How Stripe is reached:
 *
 * <pre>{@code
 * StripeClient stripe = StripeConnection.with(System.getenv("STRIPE_API_KEY")).client();
 * }</pre>
 *
 * <p>The client sends nothing twice by itself, not even where a connection breaks: whoever calls
 * knows better what may be sent again. Making one turns the SDK's telemetry off, which is a setting
 * of the whole process.
 *
 * @param apiKey a secret or restricted key; not shown by {@link #toString}
 * @param apiBase where Stripe is
 * @param meterEventsBase where its stream of meter events is
 * @param connectTimeout above 0
 * @param timeout how long an answer is waited for, above 0
 */
public record StripeConnection(
    String apiKey, URI apiBase, URI meterEventsBase, Duration connectTimeout, Duration timeout) {

  /** Refuses what no call could be made with. */
  public StripeConnection {
    Objects.requireNonNull(apiKey, "apiKey");
    if (apiKey.isBlank() || !apiKey.equals(apiKey.strip())) {
      throw new IllegalArgumentException(
          "apiKey must be a key as Stripe shows it, such as sk_test_…, without blanks");
    }
    base("apiBase", apiBase);
    base("meterEventsBase", meterEventsBase);
    positive("connectTimeout", connectTimeout);
    positive("timeout", timeout);
  }

  /** Stripe itself, with 10 s to connect and 30 s for an answer. */
  public static StripeConnection with(String apiKey) {
    return new StripeConnection(
        apiKey,
        URI.create(Stripe.LIVE_API_BASE),
        URI.create(Stripe.METER_EVENTS_API_BASE),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30));
  }

  /** The same elsewhere, as a test's own Stripe: all of it at one place. */
  public StripeConnection at(URI base) {
    return new StripeConnection(apiKey, base, base, connectTimeout, timeout);
  }

  /** The same with another time for an answer. */
  public StripeConnection timeout(Duration value) {
    return new StripeConnection(apiKey, apiBase, meterEventsBase, connectTimeout, value);
  }

  /** A client. Thread-safe. */
  public StripeClient client() {
    return client(apiKey, httpClient());
  }

  OneTryHttpClient httpClient() {
    return new OneTryHttpClient(connectTimeout, timeout);
  }

  /** One that acts by any key, such as a session's token. */
  StripeClient client(String key, OneTryHttpClient http) {
    Stripe.enableTelemetry = false;
    return StripeClient.builder()
        .setApiKey(key)
        .setApiBase(text(apiBase))
        .setMeterEventsBase(text(meterEventsBase))
        .setMaxNetworkRetries(0)
        .setHttpClient(http)
        .build();
  }

  private static String text(URI base) {
    String text = base.toString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  private static void base(String name, URI base) {
    if (!List.of("https", "http").contains(String.valueOf(base.getScheme()))
        || base.getHost() == null) {
      throw new IllegalArgumentException(
          name + " must be like https://api.stripe.com, got " + base);
    }
  }

  private static void positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " must be above 0, got " + value);
    }
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "StripeConnection[" + apiBase + "]";
  }
}
