// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Sends webhooks over HTTP. Used by one thread. */
final class Post {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private @Nullable HttpClient client; // made when it is needed: it takes longer than all the rest

  /** The status of the answer, if one came. */
  OptionalInt send(Parcel parcel, Instant at) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(parcel.url()))
              .timeout(PATIENCE)
              .header("Content-Type", "application/json; charset=utf-8")
              .header("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
              .header("Stripe-Signature", Signature.of(parcel.body(), parcel.secret(), at))
              .POST(HttpRequest.BodyPublishers.ofString(parcel.body()))
              .build();
      return OptionalInt.of(
          client().send(request, HttpResponse.BodyHandlers.discarding()).statusCode());
    } catch (IOException | IllegalArgumentException e) {
      return OptionalInt.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalInt.empty();
    }
  }

  private HttpClient client() {
    if (client == null) {
      client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(PATIENCE)
              .build();
    }
    return client;
  }
}
