// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the quickstart promises, seen from outside. */
class QuickstartContractTest {

  private static final String HELLO = "/v1/basic/hello";

  @TempDir Path data;
  private Quickstart app;
  private Api api;
  private String free;
  private String pro;
  private String enterprise;

  @BeforeEach
  void start() throws Exception {
    startWith(Map.of());
  }

  private void startWith(Map<String, String> more) throws Exception {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("PORT", "0");
    environment.put("MONETIZE_DATA", data.toString());
    app = new Quickstart(environment);
    api = new Api(app.url());
    free = app.keys().get("free");
    pro = app.keys().get("pro");
    enterprise = app.keys().get("enterprise");
  }

  @AfterEach
  void stop() throws Exception {
    app.close();
  }

  @Test
  void keys_areOfTheThreeTiers() {
    assertThat(app.keys().keySet()).containsExactly("free", "pro", "enterprise");
    assertThat(app.keys().values()).allMatch(key -> key.startsWith("mk_live_"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"free", "pro", "enterprise"})
  void hello_isForAll_byHeaderOrBearer(String tier) throws Exception {
    String key = app.keys().get(tier);

    assertThat(api.get(HELLO, "X-API-Key", key).statusCode()).isEqualTo(200);
    assertThat(api.get(HELLO, "Authorization", "Bearer " + key).statusCode()).isEqualTo(200);
    assertThat(api.used(key, "calls")).isEqualTo(2);
  }

  @Test
  void reports_areForProAndEnterprise() throws Exception {
    assertThat(api.getAs(pro, "/v1/reports/7").statusCode()).isEqualTo(200);
    assertThat(api.getAs(enterprise, "/v1/reports/7").statusCode()).isEqualTo(200);

    HttpResponse<String> refused = api.getAs(free, "/v1/reports/7");
    assertProblem(refused, 403, "not_in_tier");
    assertThat(Api.json(refused).path("detail").textValue()).contains("pro");
    assertThat(Api.json(refused).path("tiers").get(0).textValue()).isEqualTo("pro");
    assertThat(api.used(free, "calls")).isZero();
  }

  @Test
  void stats_areForEnterprise() throws Exception {
    assertThat(api.getAs(enterprise, "/v1/admin/stats").statusCode()).isEqualTo(200);
    assertProblem(api.getAs(pro, "/v1/admin/stats"), 403, "not_in_tier");
    assertProblem(api.getAs(free, "/v1/admin/stats"), 403, "not_in_tier");
  }

  @Test
  void enterprise_hasValuesOfItsOwn() throws Exception {
    HttpResponse<String> hello = api.getAs(enterprise, HELLO);

    assertThat(hello.headers().firstValue("X-RateLimit-Limit")).contains("1000000");
    assertThat(api.meter(enterprise, "calls").path("included").longValue()).isEqualTo(10_000_000);
  }

  @Test
  void generate_answersEachWordTwice_andCountsTokens() throws Exception {
    HttpResponse<String> answer = api.generate(pro, "", "to  be\u00a0or\nnot");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("to to be be or or not not");
    assertThat(api.used(pro, "calls")).isEqualTo(1);
    assertThat(api.used(pro, "tokens")).isEqualTo(8);
    assertThat(api.generate(enterprise, "", "a").statusCode()).isEqualTo(200);
    assertProblem(api.generate(free, "", "a"), 403, "not_in_tier");
    assertThat(api.used(free, "tokens")).isZero();
  }

  @Test
  void generate_streamsAWordEach20Ms_andCountsTokens() throws Exception {
    Instant before = Instant.now();
    HttpResponse<String> answer = api.generate(pro, "?stream=true", "to be or not");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/event-stream");
    assertThat(answer.headers().firstValue("X-RateLimit-Remaining")).contains("99");
    assertThat(answer.body().lines().filter(line -> !line.isEmpty()))
        .containsExactly(
            "data: to",
            "data: to",
            "data: be",
            "data: be",
            "data: or",
            "data: or",
            "data: not",
            "data: not");
    assertThat(Duration.between(before, Instant.now())).isGreaterThan(Duration.ofMillis(7 * 20));
    assertThat(api.used(pro, "calls")).isEqualTo(1);
    assertThat(api.used(pro, "tokens")).isEqualTo(8);
  }

  @Test
  void streamThatHasEnded_isInTheNextAnswer() throws Exception {
    for (int i = 1; i <= 40; i++) {
      api.generate(pro, "?stream=true", "word");

      assertThat(api.used(pro, "calls")).isEqualTo(i);
      assertThat(api.used(pro, "tokens")).isEqualTo(2L * i);
    }
  }

  @Test
  void clientsThatDoNotRead_holdUpNobodysStream() throws Exception {
    String body = "{\"prompt\": \"" + "w".repeat(500_000) + "\"}";
    byte[] request =
        ("POST /v1/generate?stream=true HTTP/1.1\r\nHost: localhost\r\nX-API-Key: %s\r\n"
                    .formatted(enterprise)
                + "Content-Length: %d\r\n\r\n%s".formatted(body.length(), body))
            .getBytes(StandardCharsets.US_ASCII);
    List<Socket> deaf = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        Socket socket = new Socket();
        deaf.add(socket);
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress("localhost", URI.create(app.url()).getPort()));
        for (int j = 0; j < 4; j++) {
          socket.getOutputStream().write(request);
        }
      }

      Instant before = Instant.now();
      for (int i = 0; i < 50; i++) {
        assertThat(api.generate(pro, "?stream=true", "word").body()).hasSize(2 * 12);
      }
      assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(20));
    } finally {
      for (Socket socket : deaf) {
        socket.close();
      }
    }
  }

  @Test
  void fail_isAnsweredWith500_andNotCounted() throws Exception {
    assertThat(api.getAs(pro, "/v1/fail").statusCode()).isEqualTo(500);
    assertThat(api.used(pro, "calls")).isZero();
  }

  @Test
  void health_isNeitherIdentifiedNorMetered() throws Exception {
    assertThat(api.get("/health").statusCode()).isEqualTo(200);
    assertThat(api.getAs("nonsense", "/health").statusCode()).isEqualTo(200);
    HttpResponse<String> withKey = api.getAs(free, "/health");
    assertThat(withKey.statusCode()).isEqualTo(200);
    assertThat(withKey.headers().firstValue("X-RateLimit-Limit")).isEmpty();
    assertThat(api.used(free, "calls")).isZero();
  }

  @Test
  void pricing_isPublic() throws Exception {
    HttpResponse<String> pricing = api.get("/pricing");

    assertThat(pricing.statusCode()).isEqualTo(200);
    JsonNode tiers = Api.json(pricing).path("tiers");
    assertThat(tiers.findValuesAsText("name")).contains("free", "pro", "enterprise");
    assertThat(new BigDecimal(tiers.get(1).path("price").path("amount").textValue()))
        .isEqualByComparingTo("49");
  }

  @Test
  void usage_readsItsOwnWrites_andCountsNoCall() throws Exception {
    for (int calls = 0; calls < 5; calls++) {
      JsonNode meter = api.meter(free, "calls");
      assertThat(meter.path("used").longValue()).isEqualTo(calls);
      assertThat(meter.path("included").longValue()).isEqualTo(1000);
      assertThat(meter.path("remaining").longValue()).isEqualTo(1000 - calls);
      assertThat(meter.path("overage").longValue()).isZero();
      assertThat(Instant.parse(meter.path("resetsAt").textValue())).isAfter(Instant.now());
      api.getAs(free, HELLO);
    }
  }

  @Test
  void usage_hasNullsWhereThereIsNoQuota() throws Exception {
    JsonNode usage = Api.json(api.getAs(pro, "/usage"));

    assertThat(usage.path("customer").textValue()).isEqualTo("demo-pro");
    assertThat(usage.path("tier").textValue()).isEqualTo("pro");
    JsonNode tokens = usage.path("meters").path("tokens");
    assertThat(tokens.path("used").longValue()).isZero();
    for (String field : List.of("included", "remaining", "overage", "resetsAt")) {
      assertThat(tokens.has(field)).as(field).isTrue();
      assertThat(tokens.path(field).isNull()).as(field).isTrue();
    }
  }

  @Test
  void usage_needsAKey() throws Exception {
    assertProblem(api.get("/usage"), 401, "no_credential");
  }

  @Test
  void free_theEleventhCallWaits_exactlyAsLongAsItIsTold() throws Exception {
    for (int i = 9; i >= 0; i--) {
      HttpResponse<String> hello = api.getAs(free, HELLO);
      assertThat(hello.statusCode()).isEqualTo(200);
      assertThat(hello.headers().firstValue("X-RateLimit-Remaining")).contains("" + i);
    }
    HttpResponse<String> refused = api.getAs(free, HELLO);
    long asked = System.nanoTime();
    assertProblem(refused, 429, "rate_limited");
    assertThat(refused.headers().firstValue("X-RateLimit-Limit")).contains("10");
    assertThat(refused.headers().firstValue("X-RateLimit-Remaining")).contains("0");
    assertThat(refused.headers().firstValue("X-RateLimit-Reset")).isPresent();
    assertThat(refused.headers().firstValue("RateLimit")).isPresent();
    assertThat(refused.headers().firstValue("RateLimit-Policy")).isPresent();
    assertThat(refused.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(api.used(free, "calls")).isEqualTo(10);

    long seconds = Long.parseLong(refused.headers().firstValue("Retry-After").orElseThrow());
    assertThat(seconds).isBetween(1L, 6L);
    while (System.nanoTime() - asked < Duration.ofSeconds(seconds).toNanos()) {
      Thread.sleep(1);
    }
    assertThat(api.getAs(free, HELLO).statusCode()).isEqualTo(200);
    assertThat(api.getAs(free, HELLO).statusCode()).isEqualTo(429);
    assertThat(api.used(free, "calls")).isEqualTo(11);
  }

  @Test
  void badCredentials_areRefused_andCountNothing() throws Exception {
    char last = free.charAt(free.length() - 1);
    String mistyped = free.substring(0, free.length() - 1) + (last == 'a' ? 'b' : 'a');

    assertProblem(api.get(HELLO), 401, "no_credential");
    assertProblem(api.getAs(mistyped, HELLO), 401, "unknown_key");
    assertProblem(
        api.get(HELLO, "X-API-Key", free, "Authorization", "Bearer " + pro),
        400,
        "ambiguous_credential");
    assertProblem(api.get(HELLO, "X-API-Key", free, "X-API-Key", pro), 400, "ambiguous_credential");
    assertProblem(api.get(HELLO, "X_API_Key", free), 400, "ambiguous_credential");
    assertProblem(
        api.get(HELLO, "X-API-Key", free, "X_API_Key", free), 400, "ambiguous_credential");
    assertThat(api.used(free, "calls")).isZero();
    assertThat(api.used(pro, "calls")).isZero();
  }

  @Test
  void restart_keepsKeysAndUsage() throws Exception {
    Map<String, String> keys = app.keys();
    api.getAs(free, HELLO);
    api.getAs(free, HELLO);
    api.generate(pro, "", "one two");

    app.close();
    start();

    assertThat(app.keys()).isEqualTo(keys);
    assertThat(api.used(free, "calls")).isEqualTo(2);
    assertThat(api.meter(free, "calls").path("remaining").longValue()).isEqualTo(998);
    assertThat(api.used(pro, "tokens")).isEqualTo(4);
    assertThat(api.getAs(free, HELLO).statusCode()).isEqualTo(200);
    assertThat(api.used(free, "calls")).isEqualTo(3);
  }

  @Test
  void admin_isOffWithoutAToken() throws Exception {
    assertThat(api.get("/admin/tiers", "Authorization", "Bearer x").statusCode()).isEqualTo(404);
  }

  @Test
  void admin_issuesAndRevokesKeys_forWhoHoldsTheToken() throws Exception {
    app.close();
    startWith(Map.of("MONETIZE_ADMIN_TOKEN", "a-token-of-some-length"));
    String[] token = {"Authorization", "Bearer a-token-of-some-length"};

    assertThat(api.get("/admin/tiers").statusCode()).isEqualTo(401);
    assertThat(api.get("/admin/tiers", "Authorization", "Bearer other").statusCode())
        .isEqualTo(401);
    assertThat(
            api.send("POST", "/admin/customers", "{\"id\":\"acme\",\"tier\":\"pro\"}", token)
                .statusCode())
        .isEqualTo(201);
    JsonNode issued = Api.json(api.send("POST", "/admin/customers/acme/keys", "{}", token));
    String key = issued.path("key").textValue();
    assertThat(api.getAs(key, "/v1/reports/7").statusCode()).isEqualTo(200);

    api.send("PUT", "/admin/customers/acme/tier", "{\"tier\":\"free\"}", token);
    assertThat(api.getAs(key, "/v1/reports/7").statusCode()).isEqualTo(403);
    api.send("DELETE", "/admin/keys/" + issued.path("id").textValue(), "", token);
    assertThat(api.getAs(key, HELLO).statusCode()).isEqualTo(401);
  }

  private static void assertProblem(HttpResponse<String> response, int status, String reason)
      throws Exception {
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("application/problem+json");
    JsonNode body = Api.json(response);
    assertThat(body.path("status").intValue()).isEqualTo(status);
    assertThat(body.path("reason").textValue()).isEqualTo(reason);
  }
}
