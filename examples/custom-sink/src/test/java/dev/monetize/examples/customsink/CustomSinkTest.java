// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.customsink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.usage.JournalStorage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CustomSinkTest {

  @TempDir Path data;

  @Test
  void calls_reachTheSink_onceOverRestarts() throws Exception {
    Map<String, String> environment = Map.of("PORT", "0", "MONETIZE_DATA", data.toString());
    try (CustomSink example = new CustomSink(environment)) {
      assertThat(status(example, "/v1/hello")).isEqualTo(200);
      assertThat(status(example, "/v1/hello")).isEqualTo(200);
      assertThat(status(example, "/v1/nothing")).isEqualTo(404);
    }
    assertThat(used()).isEqualTo(2);

    try (CustomSink example = new CustomSink(environment)) {
      assertThat(status(example, "/v1/hello")).isEqualTo(200);
    }
    assertThat(used()).isEqualTo(3);
  }

  private long used() throws IOException {
    return new TotalsFile(JournalStorage.directory(data), "totals.properties")
        .units("demo", "calls");
  }

  private static int status(CustomSink example, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(example.url() + path))
            .header("X-API-Key", example.key())
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
  }
}
