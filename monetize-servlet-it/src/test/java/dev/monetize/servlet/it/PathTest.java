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
import java.util.LinkedHashMap;
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
      record(mapping, "pro", callAll(api.client("pro"), reached));
      record(mapping, "free", callAll(api.client("free"), reached));
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

  /** One call with a spelling, and the paths that the app saw of it. */
  record Call(String spelling, int status, List<String> reached) {}

  private static List<Call> callAll(Client client, Queue<String> reached) throws Exception {
    List<Call> calls = new ArrayList<>();
    for (String spelling : Spellings.ALL) {
      reached.clear();
      int status = client.getWhenFree(spelling).status();
      calls.add(new Call(spelling, status, List.copyOf(reached)));
    }
    check(calls, client.settledEvents());
    return calls;
  }

  private static void check(List<Call> calls, List<UsageEvent> events) {
    for (Call call : calls) {
      assertThat(call.reached()).as(call.spelling()).hasSize(call.status() / 100 == 2 ? 1 : 0);
    }
    assertThat(events)
        .extracting(UsageEvent::endpoint)
        .containsExactlyElementsOf(
            calls.stream()
                .flatMap(call -> call.reached().stream())
                .map(PathTest::endpoint)
                .toList());
    assertThat(events).allMatch(event -> event.tier().equals("pro"));
  }

  private void record(Mapping mapping, String tier, List<Call> calls) {
    Map<String, String> bySpelling =
        outcomes.computeIfAbsent(mapping.toString(), name -> new LinkedHashMap<>());
    for (Call call : calls) {
      String outcome = tier + " " + call.status() + (call.reached().isEmpty() ? "" : " counted");
      bySpelling.merge(Spellings.shown(call.spelling()), outcome, (a, b) -> a + ", " + b);
    }
  }

  private static String endpoint(String path) {
    return path.equals("/api/premium") || path.equals("/api/premium/") ? "/api/premium" : "/api/*";
  }
}
