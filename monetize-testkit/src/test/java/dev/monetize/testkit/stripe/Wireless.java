// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Plain HTTP, where an SDK would hide what is answered. */
final class Wireless {

  static final String KEY = "sk_test_plain";

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** What came back. */
  record Got(int status, HttpResponse<String> response) {
    JsonNode json() {
      return Json.parse(response.body());
    }

    JsonNode error() {
      return json().path("error");
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }
  }

  private final String base;

  Wireless(FakeStripe stripe) {
    base = stripe.apiBase();
  }

  Got get(String path, String... headers) throws IOException, InterruptedException {
    return send(request(path, KEY, headers).GET());
  }

  Got post(String path, String form, String... headers) throws IOException, InterruptedException {
    return send(
        request(path, KEY, headers)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form)));
  }

  Got json(String path, String body, String... headers) throws IOException, InterruptedException {
    return send(
        request(path, KEY, headers)
            .header("Content-Type", "application/json")
            .header("Stripe-Version", "2026-07-29.dahlia")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  Got getWith(String key, String path) throws IOException, InterruptedException {
    return send(request(path, key).GET());
  }

  private HttpRequest.Builder request(String path, String key, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return request;
  }

  private static Got send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response =
        CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Got(response.statusCode(), response);
  }
}
