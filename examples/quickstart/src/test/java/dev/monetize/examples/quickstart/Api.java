// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** A client of the quickstart, over real HTTP. */
final class Api {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final String url;

  Api(String url) {
    this.url = url;
  }

  /** GET, with headers as name, value, name, value. */
  HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    return send(request(path, headers).GET());
  }

  HttpResponse<String> getAs(String key, String path) throws IOException, InterruptedException {
    return get(path, "X-API-Key", key);
  }

  HttpResponse<String> send(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    return send(request(path, headers).method(method, BodyPublishers.ofString(body)));
  }

  HttpResponse<String> generate(String key, String query, String prompt)
      throws IOException, InterruptedException {
    String body = JSON.writeValueAsString(JSON.createObjectNode().put("prompt", prompt));
    return send("POST", "/v1/generate" + query, body, "X-API-Key", key);
  }

  /** What {@code /usage} tells of a meter. */
  JsonNode meter(String key, String meter) throws IOException, InterruptedException {
    return json(getAs(key, "/usage")).path("meters").path(meter);
  }

  long used(String key, String meter) throws IOException, InterruptedException {
    return meter(key, meter).path("used").longValue();
  }

  static JsonNode json(HttpResponse<String> response) throws IOException {
    return JSON.readTree(response.body());
  }

  private HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(20));
    return headers.length == 0 ? request : request.headers(headers);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }
}
