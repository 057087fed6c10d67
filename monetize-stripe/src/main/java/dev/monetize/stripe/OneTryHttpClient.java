// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.exception.ApiConnectionException;
import com.stripe.net.HttpClient;
import com.stripe.net.HttpHeaders;
import com.stripe.net.StripeRequest;
import com.stripe.net.StripeResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends each request once. The SDK's own client is made of {@code HttpURLConnection}, which sends a
 * POST again by itself where a kept connection turns out to be closed; this one does so for no POST
 * ({@code java.net.http} repeats only what is safe to repeat). Thread-safe.
 */
final class OneTryHttpClient extends HttpClient {

  /** Those that the JDK sets by itself, and lets nobody else set. */
  private static final Set<String> OF_THE_JDK = Set.of("content-length", "host", "connection");

  private final java.net.http.HttpClient client;
  private final Duration timeout;

  /** The SDK's exceptions do not carry headers. */
  private final ThreadLocal<Reply> lastReply = ThreadLocal.withInitial(() -> Reply.NONE);

  OneTryHttpClient(Duration connectTimeout, Duration timeout) {
    this.timeout = timeout;
    client =
        java.net.http.HttpClient.newBuilder()
            .version(java.net.http.HttpClient.Version.HTTP_1_1)
            .connectTimeout(connectTimeout)
            .build();
  }

  @Override
  public StripeResponse request(StripeRequest request) throws ApiConnectionException {
    lastReply.remove();
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(httpRequest(request), BodyHandlers.ofString());
    try {
      HttpResponse<String> response = answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      HttpHeaders headers = HttpHeaders.of(response.headers().map());
      lastReply.set(Reply.of(headers));
      return new StripeResponse(response.statusCode(), headers, response.body());
    } catch (ExecutionException e) {
      throw failed(request, e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw failed(request, new IOException("no answer within " + timeout, e));
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw failed(request, new InterruptedIOException("interrupted"));
    }
  }

  /** What the last answer to this thread said about asking again. */
  Reply lastReply() {
    return lastReply.get();
  }

  private static ApiConnectionException failed(StripeRequest request, Throwable cause) {
    return new ApiConnectionException(
        request.method() + " " + request.url() + " was not answered: " + cause, cause);
  }

  private static HttpRequest httpRequest(StripeRequest request) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(request.url().toString()));
    BodyPublisher body = BodyPublishers.noBody();
    if (request.content() != null) {
      body = BodyPublishers.ofByteArray(request.content().byteArrayContent());
      builder.setHeader("Content-Type", request.content().contentType());
    }
    request.headers().map().forEach((name, values) -> header(builder, name, values));
    builder.setHeader("User-Agent", buildUserAgentString(request));
    return builder.method(request.method().name(), body).build();
  }

  private static void header(HttpRequest.Builder builder, String name, List<String> values) {
    if (!OF_THE_JDK.contains(name.toLowerCase(Locale.ROOT))) {
      builder.setHeader(name, String.join(",", values));
    }
  }
}
