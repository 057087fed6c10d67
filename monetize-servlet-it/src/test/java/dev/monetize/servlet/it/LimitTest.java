// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.identity.Subscription;
import dev.monetize.servlet.MonetizeFilter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What callers are told of their limits, to the letter, on a clock that stands still. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LimitTest {

  private static final String TIERS =
      """
      upgrade_url: https://example.org/upgrade
      public: [/v1/open]
      tiers:
        free:
          price: 0
          included_calls: 1000/month
          rate_limit: 10/min
          endpoints: [/v1/basic/*]
        small:
          price: 0
          included_calls: 2/month
          endpoints: [/v1/basic/*]
        pro:
          price: 49/month
          endpoints: [/v1/*]
        enterprise:
          price: custom
          rate_limit: custom
          endpoints: [/v1/*]
      """;

  private static final Instant NOON = Instant.parse("2026-01-15T12:00:00Z");
  private static final Instant NEXT_MONTH = Instant.parse("2026-02-01T00:00:00Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
  private final List<Api> apis = new ArrayList<>();

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    for (Container.Kind kind : Container.Kind.values()) {
      apis.add(
          Api.start(
              kind.name(),
              kind,
              directory.resolve(kind.name()),
              TIERS,
              builder -> builder.clock(now::get),
              (context, monetizer) -> {
                MonetizeFilter.register(context, monetizer, "/v1/*");
                App.map(context, "/v1/*", (request, response) -> {});
              }));
    }
  }

  @AfterAll
  void stop() throws Exception {
    for (Api api : apis) {
      api.stop();
    }
  }

  @BeforeEach
  void resetClock() {
    now.set(NOON);
  }

  Stream<Api> apis() {
    return apis.stream();
  }

  @ParameterizedTest
  @MethodSource("apis")
  void success_tellsEveryLimit(Api api) throws Exception {
    Answer answer = api.client("free").get("/v1/basic/x");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("X-RateLimit-Limit")).isEqualTo("10");
    assertThat(answer.header("X-RateLimit-Remaining")).isEqualTo("9");
    assertThat(answer.header("X-RateLimit-Reset")).isEqualTo(epoch(NOON.plusSeconds(6)));
    assertThat(answer.header("RateLimit-Policy"))
        .isEqualTo("\"rate\";q=10;w=60, \"calls/month\";q=1000;w=2678400");
    assertThat(answer.header("RateLimit"))
        .isEqualTo("\"rate\";r=9;t=6, \"calls/month\";r=999;t=" + untilNextMonth());
    assertThat(answer.header("Retry-After")).isNull();
  }

  @ParameterizedTest
  @MethodSource("apis")
  void eleventhCall_isRefusedUntilExactlyRetryAfter(Api api) throws Exception {
    Client client = api.client("free");
    for (int i = 0; i < 10; i++) {
      assertThat(client.get("/v1/basic/x").status()).isEqualTo(200);
    }
    now.set(NOON.plusMillis(1));

    Answer refused = client.get("/v1/basic/x");

    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.header("Retry-After")).isEqualTo("6");
    assertThat(refused.header("X-RateLimit-Limit")).isEqualTo("10");
    assertThat(refused.header("X-RateLimit-Remaining")).isEqualTo("0");
    assertThat(refused.header("X-RateLimit-Reset")).isEqualTo(epoch(NOON.plusSeconds(60)));
    assertThat(refused.header("RateLimit-Policy"))
        .isEqualTo("\"rate\";q=10;w=60, \"calls/month\";q=1000;w=2678400");
    assertThat(refused.header("RateLimit"))
        .isEqualTo("\"rate\";r=0;t=6, \"calls/month\";r=990;t=" + untilNextMonth());
    assertThat(refused.header("Cache-Control")).isEqualTo("no-store");
    assertThat(refused.header("Content-Type")).startsWith("application/problem+json");
    assertThat(refused.json().toString())
        .isEqualTo(
            """
            {"type":"urn:monetize:problem:rate_limited","title":"Rate limit exceeded",\
            "status":429,"detail":%s,"reason":"rate_limited","tier":"free",\
            "limit":{"name":"rate","limit":10,"remaining":0},\
            "reset":"2026-01-15T12:01:00Z","retryAfter":6,\
            "upgrade":"https://example.org/upgrade"}"""
                .formatted(refused.json().get("detail")));

    now.set(NOON.plusMillis(5_999));
    assertThat(client.get("/v1/basic/x").status()).isEqualTo(429);
    now.set(NOON.plusMillis(1).plusSeconds(6));
    assertThat(client.get("/v1/basic/x").status()).isEqualTo(200);
    assertThat(api.calls(client.key())).isEqualTo(11);
  }

  @ParameterizedTest
  @MethodSource("apis")
  void quota_isRefusedUntilItsPeriodEnds(Api api) throws Exception {
    Client client = api.client("small");
    client.get("/v1/basic/x");
    client.get("/v1/basic/x");

    Answer refused = client.get("/v1/basic/x");

    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.reason()).isEqualTo("quota_exceeded");
    assertThat(refused.header("Retry-After")).isEqualTo(String.valueOf(untilNextMonth()));
    assertThat(refused.json().get("reset").asText()).isEqualTo(NEXT_MONTH.toString());

    now.set(NEXT_MONTH);
    assertThat(client.get("/v1/basic/x").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @MethodSource("apis")
  void head_countsAsGet(Api api) throws Exception {
    Client client = api.client("free");

    Answer answer = api.send("HEAD /v1/basic/x", client.header());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("X-RateLimit-Remaining")).isEqualTo("9");
    assertThat(api.calls(client.key())).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("apis")
  void options_costNothing(Api api) throws Exception {
    Client client = api.client("free");

    Answer preflight =
        api.send(
            "OPTIONS /v1/basic/x",
            "Origin: https://example.org",
            "Access-Control-Request-Method: GET");
    Answer options = api.send("OPTIONS /v1/basic/x", client.header());

    assertThat(preflight.status()).isEqualTo(200);
    assertThat(preflight.header("X-RateLimit-Limit")).isNull();
    assertThat(options.status()).isEqualTo(200);
    assertThat(api.calls(client.key())).isZero();
  }

  @ParameterizedTest
  @MethodSource("apis")
  void overridingTheMethod_changesNothing(Api api) throws Exception {
    Client client = api.client("free");

    api.send("GET /v1/basic/x", client.header(), "X-HTTP-Method-Override: OPTIONS");

    assertThat(api.calls(client.key())).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("apis")
  void oddMethods_areMetered(Api api) throws Exception {
    Client client = api.client("free");

    Answer lower = api.send("get /v1/basic/x", client.header());
    Answer unknown = api.send("FOO /v1/basic/x", client.header());
    Answer anonymous = api.send("FOO /v1/basic/x");

    long served = Stream.of(lower, unknown).filter(answer -> answer.status() == 200).count();
    assertThat(api.calls(client.key())).isEqualTo(served);
    assertThat(anonymous.status()).isNotEqualTo(200);
  }

  @ParameterizedTest
  @MethodSource("apis")
  void publicEndpoint_isNotIdentified(Api api) throws Exception {
    Answer answer = api.send("GET /v1/open", "X-API-Key: whatever");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("X-RateLimit-Limit")).isNull();
  }

  @ParameterizedTest
  @MethodSource("apis")
  void endpointOfOtherTiers_isRefusedWithTheirNames(Api api) throws Exception {
    Answer answer = api.client("free").get("/v1/reports");

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.reason()).isEqualTo("not_in_tier");
    assertThat(answer.json().get("tiers").toString()).isEqualTo("[\"pro\",\"enterprise\"]");
    assertThat(answer.json().get("upgrade").asText()).isEqualTo("https://example.org/upgrade");
    assertThat(answer.header("X-RateLimit-Limit")).isNull();
  }

  @ParameterizedTest
  @MethodSource("apis")
  void customValueThatNobodySet_isUnavailable(Api api) throws Exception {
    Client client = api.client("enterprise");

    Answer before = client.get("/v1/reports");
    api.monetizer().accounts().override(client.customer(), java.util.Map.of("rate_limit", "5/min"));
    Answer after = client.get("/v1/reports");

    assertThat(before.status()).isEqualTo(503);
    assertThat(before.reason()).isEqualTo("not_configured");
    assertThat(after.status()).isEqualTo(200);
    assertThat(after.header("X-RateLimit-Limit")).isEqualTo("5");
  }

  @ParameterizedTest
  @MethodSource("apis")
  void suspendedCustomer_isRefused(Api api) throws Exception {
    Client client = api.client("pro");
    var accounts = api.monetizer().accounts();

    accounts.setStatus(client.customer(), Subscription.Status.SUSPENDED);
    Answer suspended = client.get("/v1/reports");
    accounts.setStatus(client.customer(), Subscription.Status.ACTIVE);

    assertThat(suspended.status()).isEqualTo(403);
    assertThat(suspended.reason()).isEqualTo("subscription_suspended");
    assertThat(client.get("/v1/reports").status()).isEqualTo(200);
  }

  private static String epoch(Instant instant) {
    return Long.toString(instant.getEpochSecond());
  }

  private static long untilNextMonth() {
    return Duration.between(NOON, NEXT_MONTH).toSeconds();
  }
}
