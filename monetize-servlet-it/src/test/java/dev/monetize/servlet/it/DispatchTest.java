// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.Monetizer;
import dev.monetize.tier.TierCatalog;
import dev.monetize.usage.UsageEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * However a call ends, on whichever container: it is counted once if it was answered with a 2xx,
 * and not at all otherwise, and it lets go of its permit. The tier allows one call at a time, so
 * the next call shows that.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DispatchTest {

  private static final String TIERS =
      """
      tiers:
        one:
          price: 0
          rate_limit: 1000000/s
          concurrency: 1
          endpoints: [/v1/*, /marker]
      """;

  private static final int RACES = 300;
  private static final int READ_BACK = 40;

  private final List<Api> apis = new ArrayList<>();

  /** Every container, with the filter registered as we do it and as a web.xml may. */
  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    for (Container.Kind kind : Container.Kind.values()) {
      for (boolean every : new boolean[] {false, true}) {
        String name = every ? kind + ", every dispatcher type" : kind.name();
        DispatchApp app = new DispatchApp(every);
        apis.add(Api.start(name, kind, directory.resolve(name), TIERS, builder -> {}, app::start));
      }
    }
  }

  @AfterAll
  void stop() throws Exception {
    for (Api api : apis) {
      api.stop();
    }
  }

  Stream<Api> apis() {
    return apis.stream();
  }

  /** Paths that are answered 2xx, and what with. */
  Stream<Object[]> counted() {
    return cases(
        List.of(
            "plain 200",
            "forwards 200",
            "includes 200",
            "interrupted 200",
            "counts 200",
            "completes 201",
            "completes-wrapped 201",
            "completes-unwrapped 201",
            "completes-at-once 201",
            "dispatches 200",
            "dispatches-elsewhere 200",
            "dispatches-at-once 201",
            "starts-twice 201",
            "starts-twice-wrapped 201",
            "times-out-answered 202"));
  }

  /** Paths that are answered otherwise. */
  Stream<Object[]> notCounted() {
    return cases(
        List.of(
            "throws 500",
            "throws-servlet-exception 500",
            "throws-with-page 500",
            "send-error 500",
            "send-error-with-page 503",
            "not-found 404",
            "dispatches-to-failure 500",
            "times-out 500",
            "sends-error-later 500"));
  }

  Stream<Object[]> early() {
    return cases(
        List.of(
            "completes-early 201",
            "dispatches-early 201",
            "dispatches-twice-early 201",
            "unwrapped-early 201"));
  }

  private Stream<Object[]> cases(List<String> cases) {
    return apis.stream()
        .flatMap(
            api ->
                cases.stream()
                    .map(one -> one.split(" "))
                    .map(one -> new Object[] {api, one[0], Integer.parseInt(one[1])}));
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("counted")
  void success_countsOnce(Api api, String path, int status) throws Exception {
    Client client = api.client("one");

    Answer answer = client.get("/v1/" + path);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("X-RateLimit-Remaining")).isNotNull();
    assertThat(client.settledEvents())
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.status()).isEqualTo(status);
              assertThat(event.clientGone()).isFalse();
              assertThat(event.units("calls")).isEqualTo(1);
              assertThat(event.endpoint()).isEqualTo("/v1/*");
            });
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("notCounted")
  void failure_countsNothing(Api api, String path, int status) throws Exception {
    Client client = api.client("one");

    Answer answer = client.get("/v1/" + path);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(client.settledEvents()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("apis")
  void failure_showsTheAppsErrorPage(Api api) throws Exception {
    Client client = api.client("one");

    assertThat(client.get("/v1/throws-with-page").body()).isEqualTo("error page");
    assertThat(client.getWhenFree("/v1/send-error-with-page").body()).isEqualTo("error page");
  }

  /** Tomcat closes the connection then, without an answer. */
  @ParameterizedTest
  @MethodSource("apis")
  void failureOnceAsynchronous_countsNothing(Api api) throws Exception {
    Client client = api.client("one");

    Answer answer = client.get("/v1/throws-asynchronous");

    assertThat(answer.status()).isIn(500, 0);
    assertThat(client.settledEvents()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("apis")
  void failureAfterCommit_countsNothing(Api api) throws Exception {
    Client client = api.client("one");

    Answer answer = client.get("/v1/throws-when-committed");

    assertThat(answer.status()).isIn(200, 0);
    assertThat(client.settledEvents()).isEmpty();
  }

  /** Completed or dispatched by another thread, at any moment while the filter is being left. */
  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("early")
  void race_countsOnceEachTime(Api api, String path, int status) throws Exception {
    Client client = api.client("one");

    for (int i = 0; i < RACES; i++) {
      assertThat(client.getWhenFree("/v1/" + path).status()).isEqualTo(status);
    }

    List<UsageEvent> events = client.settledEvents();
    assertThat(events).hasSize(RACES).allMatch(event -> event.status() == status);
  }

  @ParameterizedTest
  @MethodSource("apis")
  void dispatchedCall_isCountedBeforeItsEndIsSeen(Api api) throws Exception {
    Client client = api.client("one");

    for (int i = 1; i <= READ_BACK; i++) {
      assertThat(client.getWhenFree("/v1/dispatches").status()).isEqualTo(200);
      assertThat(api.calls(client.key())).isEqualTo(i);
    }
    client.settledEvents();
  }

  @ParameterizedTest
  @EnumSource
  void stop_countsWhatAStreamWasSent(Container.Kind kind, @TempDir Path directory)
      throws Exception {
    DispatchApp app = new DispatchApp(false);
    Api api = Api.start(kind.name(), kind, directory, TIERS, builder -> {}, app::start);
    Client client = api.client("one");
    long lost;
    try (Wire wire = client.open("GET /v1/streams-slowly")) {
      wire.readUntil("data: word\n\n");
      api.stop();
      lost = api.monetizer().health().lost();
    }

    assertThat(lost).isZero();
    assertThat(recorded(directory.resolve("data")))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.customer()).isEqualTo(client.customer());
              assertThat(event.status()).isEqualTo(200);
              assertThat(event.units("tokens")).isPositive();
            });
  }

  /** What the journal of an engine holds that was closed: a new sink is given all of it. */
  private static List<UsageEvent> recorded(Path data) {
    List<UsageEvent> events = new CopyOnWriteArrayList<>();
    Monetizer.builder()
        .tiers(TierCatalog.parse("tiers.yml", TIERS))
        .dataDirectory(data)
        .sink("later", batch -> events.addAll(batch.events()))
        .build()
        .close();
    return events;
  }

  @ParameterizedTest
  @MethodSource("apis")
  void unitsOfAsynchronousThreads_areCounted(Api api) throws Exception {
    Client client = api.client("one");

    client.get("/v1/counts");
    client.getWhenFree("/v1/completes");
    client.getWhenFree("/v1/completes-wrapped");
    client.getWhenFree("/v1/starts-twice");

    assertThat(client.settledEvents())
        .extracting(event -> event.units("tokens"))
        .containsExactly(3L, 5L, 5L, 5L);
  }

  @ParameterizedTest
  @MethodSource("apis")
  void clientThatLeavesABlockingAnswer_paysForWhatWasWritten(Api api) throws Exception {
    Client client = api.client("one");

    leave(client, "/v1/writes");

    assertThat(client.settledEvents())
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.status()).isEqualTo(200);
              assertThat(event.clientGone()).isTrue();
              assertThat(event.units("tokens")).isPositive();
            });
  }

  @ParameterizedTest
  @MethodSource("apis")
  void clientThatLeavesAStream_paysForWhatWasWritten(Api api) throws Exception {
    Client client = api.client("one");

    leave(client, "/v1/streams");

    assertThat(client.settledEvents())
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.status()).isEqualTo(200);
              assertThat(event.units("tokens")).isPositive();
            });
  }

  @ParameterizedTest
  @MethodSource("apis")
  void streamThatTheAppNeverCompletes_isSettledByTheContainer(Api api) throws Exception {
    Client client = api.client("one");

    leave(client, "/v1/streams-and-dies");

    assertThat(client.settledEvents())
        .singleElement()
        .satisfies(event -> assertThat(event.status()).isEqualTo(200));
  }

  /** It had been sent nothing. */
  @ParameterizedTest
  @MethodSource("apis")
  void clientThatLeavesWhileItSends_paysNothing(Api api) throws Exception {
    Client client = api.client("one");
    DispatchApp.READING.drainPermits();

    try (Wire wire = api.connect()) {
      wire.send(
          "POST /v1/reads HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\nX-API-Key: "
              + client.key()
              + "\r\n\r\nhalf");
      assertThat(DispatchApp.READING.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
      wire.abort();
    }

    assertThat(client.settledEvents()).isEmpty();
  }

  private static void leave(Client client, String path) throws IOException {
    try (Wire wire = client.open("GET " + path)) {
      wire.readUntil("data: word\n\n");
      wire.abort();
    }
  }
}
