// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.Monetizer;
import dev.monetize.servlet.MonetizeFilter;
import dev.monetize.usage.UsageEvent;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * No spelling of a path leads to an endpoint unmetered, or past its tier: whatever reaches the app
 * is counted once, for the endpoint that the app serves. Writes what each spelling was answered to
 * {@code target/paths.txt}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PathTest {

  private static final String TIERS =
      """
      tiers:
        free:
          price: 0
          concurrency: 1
          endpoints: [/api/basic/*, /marker]
        pro:
          price: 49/month
          concurrency: 1
          endpoints: [/api/*, /api/premium, /marker]
      """;

  private final Map<String, Map<String, String>> outcomes = new TreeMap<>();
  @TempDir private Path directory;

  /** Where an app and the filter are mapped. */
  record Mapping(Container.Kind kind, String servlet, String filter) {
    @Override
    public String toString() {
      return kind + ", servlet " + servlet + ", filter " + filter;
    }
  }

  static Stream<Mapping> mappings() {
    return Stream.of(Container.Kind.values())
        .flatMap(
            kind ->
                Stream.of(
                    new Mapping(kind, "/api/premium", "/*"),
                    new Mapping(kind, "/api/premium", "/api/premium"),
                    new Mapping(kind, "/api/*", "/*"),
                    new Mapping(kind, "/api/*", "/api/*"),
                    new Mapping(kind, "/*", "/*"),
                    new Mapping(kind, "/", "/*")));
  }

  @AfterAll
  void writeTable() throws IOException {
    StringBuilder text = new StringBuilder();
    outcomes.forEach(
        (mapping, bySpelling) -> {
          text.append(mapping).append('\n');
          bySpelling.forEach(
              (spelling, outcome) -> text.append("  %-60s %s%n".formatted(spelling, outcome)));
        });
    Files.writeString(Files.createDirectories(Path.of("target")).resolve("paths.txt"), text);
  }

  @ParameterizedTest
  @MethodSource("mappings")
  void spelling_isMeteredWhereverItReachesTheApp(Mapping mapping) throws Exception {
    Queue<String> reached = new ConcurrentLinkedQueue<>();
    Api api =
        Api.start(
            mapping.kind(),
            Files.createTempDirectory(directory, "app"),
            TIERS,
            (context, monetizer) -> start(context, monetizer, mapping, reached));
    try {
      Client pro = api.client("pro");
      Client free = api.client("free");
      for (String spelling : Spellings.ALL) {
        String outcome = call(pro, spelling, reached) + ", free " + call(free, spelling, reached);
        outcomes
            .computeIfAbsent(mapping.toString(), name -> new java.util.LinkedHashMap<>())
            .put(Spellings.shown(spelling), outcome);
      }
    } finally {
      api.stop();
    }
  }

  private static void start(
      ServletContext context, Monetizer monetizer, Mapping mapping, Queue<String> reached) {
    MonetizeFilter.register(context, monetizer, mapping.filter(), Client.MARKER);
    App.map(context, Client.MARKER, (request, response) -> {});
    App.map(
        context,
        mapping.servlet(),
        (request, response) -> {
          reached.add(path(request));
          response.getWriter().print("premium");
        });
  }

  private static String path(HttpServletRequest request) {
    return (request.getServletPath() == null ? "" : request.getServletPath())
        + (request.getPathInfo() == null ? "" : request.getPathInfo());
  }

  private static String call(Client client, String spelling, Queue<String> reached)
      throws Exception {
    reached.clear();
    Answer answer = client.get(spelling);
    List<UsageEvent> events = client.settledEvents();

    List<String> served = new ArrayList<>(reached);
    assertThat(events).as(spelling).hasSameSizeAs(served);
    if (answer.status() / 100 == 2) {
      assertThat(served).as(spelling).hasSize(1);
    }
    for (int i = 0; i < served.size(); i++) {
      assertThat(events.get(i).tier()).as("the tier that %s was served", spelling).isEqualTo("pro");
      assertThat(events.get(i).endpoint()).as(spelling).isEqualTo(endpoint(served.get(i)));
    }
    return answer.status() + (served.isEmpty() ? "" : " counted");
  }

  private static String endpoint(String path) {
    return path.equals("/api/premium") || path.equals("/api/premium/") ? "/api/premium" : "/api/*";
  }
}
