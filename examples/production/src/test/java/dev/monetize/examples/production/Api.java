// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.production;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** A client of an instance, over real HTTP. */
final class Api {

  static final String HELLO = "/v1/basic/hello";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final String url;

  Api(String url) {
    this.url = url;
  }

  HttpResponse<String> get(String key, String path) throws IOException, InterruptedException {
    return send(request(path).header("X-API-Key", key));
  }

  /** The status that a call of the simplest endpoint is answered with. */
  int hello(String key) throws IOException, InterruptedException {
    return get(key, HELLO).statusCode();
  }

  HttpResponse<String> admin(String method, String path, String body)
      throws IOException, InterruptedException {
    return send(
        request("/admin" + path)
            .header("Authorization", "Bearer " + InstanceProcess.ADMIN_TOKEN)
            .method(method, BodyPublishers.ofString(body)));
  }

  /** How billing stands, for who has the admin token. */
  HttpResponse<String> billing(String query) throws IOException, InterruptedException {
    return send(
        request("/billing/status" + query)
            .header("Authorization", "Bearer " + InstanceProcess.ADMIN_TOKEN));
  }

  HttpResponse<String> generate(String key, String query, String prompt)
      throws IOException, InterruptedException {
    return send(generation(key, query, prompt));
  }

  /** A stream that has begun. */
  InputStream stream(String key, String prompt) throws IOException, InterruptedException {
    HttpRequest request = generation(key, "?stream=true", prompt).build();
    return CLIENT.send(request, BodyHandlers.ofInputStream()).body();
  }

  private HttpRequest.Builder generation(String key, String query, String prompt)
      throws IOException {
    String body = JSON.writeValueAsString(JSON.createObjectNode().put("prompt", prompt));
    return request("/v1/generate" + query)
        .header("X-API-Key", key)
        .POST(BodyPublishers.ofString(body));
  }

  /** What {@code /usage} tells to have been used of a meter. */
  long used(String key, String meter) throws IOException, InterruptedException {
    return json(get(key, "/usage")).path("meters").path(meter).path("used").longValue();
  }

  static JsonNode json(HttpResponse<String> response) throws IOException {
    return json(response.body());
  }

  static JsonNode json(String text) throws IOException {
    return JSON.readTree(text);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(20));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }
}
