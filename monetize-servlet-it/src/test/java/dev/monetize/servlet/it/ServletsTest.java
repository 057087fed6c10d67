// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.monetize.servlet.AdminServlet;
import dev.monetize.servlet.MonetizeFilter;
import dev.monetize.servlet.PricingServlet;
import dev.monetize.servlet.UsageServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The servlets for pricing, usage and administration. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServletsTest {

  private static final String TIERS =
      """
      tiers:
        free:
          price: 0
          included_calls: 2/month
          rate_limit: 10/min
          endpoints: [/v1/basic/*]
        pro:
          price: 49/month
          included_calls: 1/month
          endpoints: [/v1/*]
          overage: $0.50/call
        open:
          price: 10/month
          prices:
            calls: {graduated: [{up_to: 2, each: 0}, {up_to: inf, each: 0.10, flat: 1}]}
            latency: $5/package of 10
          endpoints: [/v1/*]
        enterprise:
          price: custom
          rate_limit: custom
          endpoints: [/v1/*]
      endpoints:
        /v1/seats: {meters: {seats: header X-Seats, latency: 7}}
      meters:
        seats: {aggregation: max}
      """;

  private static final String TOKEN = "a-token-of-the-tests-own";
  private static final List<String> ADMIN = List.of("Authorization: Bearer " + TOKEN);

  private final List<Api> apis = new ArrayList<>();

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    for (Container.Kind kind : Container.Kind.values()) {
      apis.add(
          Api.start(
              kind,
              directory.resolve(kind.name()),
              TIERS,
              (context, monetizer) -> {
                MonetizeFilter.register(context, monetizer, "/v1/*");
                App.map(context, "/v1/*", ServletsTest::answer);
                App.map(context, "/pricing", new PricingServlet());
                App.map(context, "/usage", new UsageServlet());
                App.map(context, "/admin/*", new AdminServlet(monetizer, TOKEN));
              }));
    }
  }

  private static void answer(HttpServletRequest request, HttpServletResponse response) {
    if (request.getParameter("seats") != null) {
      response.setHeader("X-Seats", request.getParameter("seats"));
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

  @ParameterizedTest
  @MethodSource("apis")
  void pricing_isPublic(Api api) throws Exception {
    Answer answer = api.send("GET /pricing");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).startsWith("application/json");
    JsonNode tiers = answer.json().get("tiers");
    assertThat(tiers.findValuesAsText("name")).contains("free", "pro", "open", "enterprise");
    assertThat(tiers.get(1).get("price").toString())
        .isEqualTo("{\"amount\":\"49.00\",\"currency\":\"USD\",\"per\":\"month\"}");
    assertThat(tiers.get(1).get("prices").toString()).contains("\"0.50\"");
    assertThat(tiers.get(2).get("prices").toString())
        .isEqualTo(
            "{\"calls\":{\"graduated\":[{\"upTo\":2,\"each\":\"0.00\",\"flat\":\"0.00\"},"
                + "{\"each\":\"0.10\",\"flat\":\"1.00\"}]},"
                + "\"latency\":{\"perPackage\":\"5.00\",\"packageSize\":10}}");
    assertThat(tiers.get(3).get("price").asText()).isEqualTo("custom");
  }

  @ParameterizedTest
  @MethodSource("apis")
  void usage_readsItsOwnWrites(Api api) throws Exception {
    Client client = api.client("free");
    for (int calls = 0; calls <= 2; calls++) {
      JsonNode meter = usage(client).at("/meters/calls");
      assertThat(meter.get("used").asLong()).isEqualTo(calls);
      assertThat(meter.get("included").asLong()).isEqualTo(2);
      assertThat(meter.get("remaining").asLong()).isEqualTo(2 - calls);
      assertThat(meter.get("overage").asLong()).isZero();
      assertThat(meter.get("resetsAt").asText()).endsWith("T00:00:00Z");
      client.get("/v1/basic/x");
    }
    assertThat(usage(client).at("/meters/calls/used").asLong()).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("apis")
  void usagePastTheQuota_isOverage(Api api) throws Exception {
    Client client = api.client("pro");
    for (int i = 0; i < 3; i++) {
      assertThat(client.get("/v1/x").status()).isEqualTo(200);
    }

    JsonNode usage = usage(client);

    assertThat(usage.at("/meters/calls/used").asLong()).isEqualTo(3);
    assertThat(usage.at("/meters/calls/remaining").asLong()).isZero();
    assertThat(usage.at("/meters/calls/overage").asLong()).isEqualTo(2);
    assertThat(usage.at("/cost/total").asText()).isEqualTo("50.00");
  }

  @ParameterizedTest
  @MethodSource("apis")
  void usageOfAMeterThatIsNoSum_namesItsAggregation(Api api) throws Exception {
    Client client = api.client("open");
    assertThat(usage(client).at("/meters/seats").toString())
        .startsWith("{\"used\":0,\"aggregation\":\"max\",\"certainty\":\"nothing\",");

    client.get("/v1/seats?seats=9");
    client.get("/v1/seats?seats=4");
    client.get("/v1/seats");

    JsonNode meters = usage(client).get("meters");
    assertThat(meters.get("seats").toString())
        .startsWith("{\"used\":9,\"aggregation\":\"max\",\"certainty\":\"exact\",");
    assertThat(meters.get("latency").toString()).startsWith("{\"used\":21,\"included\"");
    assertThat(usage(client).get("cost").toString())
        .isEqualTo(
            "{\"currency\":\"USD\",\"base\":\"10.00\",\"lines\":["
                + "{\"meter\":\"calls\",\"units\":3,\"billable\":3,\"amount\":\"1.10\"},"
                + "{\"meter\":\"latency\",\"units\":21,\"billable\":21,\"amount\":\"15.00\"}],"
                + "\"total\":\"26.10\"}");
  }

  @ParameterizedTest
  @MethodSource("apis")
  void usageWithoutQuota_hasNulls(Api api) throws Exception {
    Client client = api.client("open");
    client.get("/v1/x");

    JsonNode usage = usage(client);

    assertThat(usage.get("customer").asText()).isEqualTo(client.customer());
    assertThat(usage.get("tier").asText()).isEqualTo("open");
    assertThat(usage.at("/meters/calls/used").asLong()).isEqualTo(1);
    for (String field : List.of("included", "remaining", "overage", "resetsAt")) {
      assertThat(usage.at("/meters/calls").has(field)).isTrue();
      assertThat(usage.at("/meters/calls").get(field).isNull()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("apis")
  void usage_needsAKey(Api api) throws Exception {
    assertThat(api.send("GET /usage").reason()).isEqualTo("no_credential");
    assertThat(api.send("POST /usage").status()).isEqualTo(405);
  }

  @ParameterizedTest
  @MethodSource("apis")
  void admin_needsItsToken(Api api) throws Exception {
    assertThat(api.send("GET /admin/tiers").status()).isEqualTo(401);
    assertThat(api.send("GET /admin/tiers", "Authorization: Bearer " + TOKEN + "x").status())
        .isEqualTo(401);
    assertThat(api.send("GET /admin/tiers", "Authorization: Bearer ").status()).isEqualTo(401);
    assertThat(api.send("GET /admin/tiers?token=" + TOKEN).status()).isEqualTo(401);
    assertThat(api.send("GET /admin/tiers", "Authorization: Bearer " + TOKEN).status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @MethodSource("apis")
  void admin_leadsACustomerThroughItsLife(Api api) throws Exception {
    String made = "{\"id\":\"acme\",\"name\":\"Acme\",\"tier\":\"free\"}";
    Answer created = admin(api, "POST /admin/customers", made);
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.json().at("/subscription/tier").asText()).isEqualTo("free");
    Answer issued = admin(api, "POST /admin/customers/acme/keys", "{\"label\":\"first\"}");
    assertThat(issued.status()).isEqualTo(201);
    assertThat(issued.header("Cache-Control")).isEqualTo("no-store");
    Client acme = new Client(api, "acme", issued.json().get("key").asText());
    assertThat(acme.get("/v1/reports").status()).isEqualTo(403);

    admin(api, "PUT /admin/customers/acme/tier", "{\"tier\":\"enterprise\"}");
    assertThat(acme.get("/v1/reports").status()).isEqualTo(503);
    admin(api, "PUT /admin/customers/acme/overrides", "{\"rate_limit\":\"500/min\"}");
    assertThat(acme.get("/v1/reports").header("X-RateLimit-Limit")).isEqualTo("500");
    admin(api, "PUT /admin/customers/acme/status", "{\"status\":\"suspended\"}");
    assertThat(acme.get("/v1/reports").status()).isEqualTo(403);
    admin(api, "PUT /admin/customers/acme/status", "{\"status\":\"active\"}");
    Answer anchored =
        admin(api, "PUT /admin/customers/acme/anchor", "{\"anchor\":\"2026-01-31T00:00:00Z\"}");
    assertThat(anchored.json().get("anchor").asText()).isEqualTo("2026-01-31T00:00:00Z");

    String id = issued.json().get("id").asText();
    Answer rotated = admin(api, "POST /admin/keys/" + id + "/rotate", "{\"overlapSeconds\":3600}");
    Client newer = new Client(api, "acme", rotated.json().get("key").asText());
    assertThat(acme.get("/v1/reports").status()).isEqualTo(200);
    assertThat(newer.get("/v1/reports").status()).isEqualTo(200);

    admin(api, "DELETE /admin/keys/" + id, "");
    assertThat(acme.get("/v1/reports").status()).isEqualTo(401);
    assertThat(acme.get("/v1/reports").reason()).isEqualTo("key_expired");
    String newerId = rotated.json().get("id").asText();
    Answer third = admin(api, "POST /admin/keys/" + newerId + "/rotate", "{\"overlapSeconds\":0}");
    assertThat(newer.get("/v1/reports").status()).isEqualTo(401);
    assertThat(new Client(api, "acme", third.json().get("key").asText()).get("/v1/x").status())
        .isEqualTo(200);

    api.monetizer().accounts().update("acme", has -> has.orElseThrow().withFallback("free"));
    Answer shown = api.send("GET /admin/customers/acme", ADMIN.get(0));
    assertThat(shown.json().at("/subscription/tier").asText()).isEqualTo("enterprise");
    assertThat(shown.json().at("/subscription/fallback").asText()).isEqualTo("free");
    assertThat(shown.json().get("keys")).hasSize(3);
    assertThat(shown.body()).doesNotContain("mk_live_").doesNotContain("hash");
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "POST /admin/customers | {} | 400",
        "POST /admin/customers | [] | 400",
        "POST /admin/customers | {\"id\": | 400",
        "POST /admin/customers | {\"id\":5,\"tier\":\"free\"} | 400",
        "POST /admin/customers | {\"id\":\"a b\",\"tier\":\"free\"} | 400",
        "POST /admin/customers | {\"id\":\"x\",\"tier\":\"none\"} | 400",
        "POST /admin/customers | {\"id\":\"a/b\",\"tier\":\"free\"} | 400",
        "POST /admin/customers | {\"id\":\"a%2fb\",\"tier\":\"free\"} | 400",
        "POST /admin/customers | {\"id\":\"..\",\"tier\":\"free\"} | 400",
        "POST /admin/customers/{C}/keys | {\"mode\":\"x\"} | 400",
        "PUT /admin/customers/{C}/tier | {\"tier\":\"none\"} | 400",
        "PUT /admin/customers/{C}/status | {\"status\":\"gone\"} | 400",
        "PUT /admin/customers/{C}/anchor | {\"anchor\":\"today\"} | 400",
        "PUT /admin/customers/{C}/overrides | {\"rate_limit\":{}} | 400",
        "POST /admin/keys/{K}/rotate | {\"overlapSeconds\":-1} | 400",
        "POST /admin/keys/{K}/rotate | {\"overlapSeconds\":1e99} | 400",
        "POST /admin/customers/nobody/keys | {} | 404",
        "PUT /admin/customers/nobody/tier | {\"tier\":\"free\"} | 404",
        "PUT /admin/customers/nobody/status | {\"status\":\"active\"} | 404",
        "POST /admin/keys/none/rotate | {} | 404",
        "DELETE /admin/keys/none | {} | 404",
        "POST /admin/tiers/reload | {} | 409",
        "GET /admin/customers/nobody | {} | 404",
        "GET /admin | {} | 404",
        "GET /admin/ | {} | 404",
        "GET /admin/customers/a/b/c | {} | 404",
        "GET /admin/tiers/x | {} | 404",
        "GET /admin/keys | {} | 404",
        "PATCH /admin/tiers | {} | 405",
        "TRACE /admin/tiers | {} | 405",
      })
  void adminMistake_isAnsweredWithAProblem(String line, String body, int status) throws Exception {
    for (Api api : apis) {
      Answer answer = admin(api, ofSomebody(line, api), body);
      if (line.startsWith("TRACE")) {
        assertThat(answer.status()).isEqualTo(405); // Tomcat refuses it by itself.
        continue;
      }
      assertThat(answer.status()).as("%s on %s: %s", line, api, answer.body()).isEqualTo(status);
      assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
      assertThat(answer.json().get("detail").asText()).isNotBlank().doesNotContain("REDACTED");
    }
  }

  private static String ofSomebody(String line, Api api) {
    String customer = api.client("free").customer();
    String key = api.monetizer().accounts().keys(customer).get(0).id();
    return line.replace("{C}", customer).replace("{K}", key);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "GET /admin/customers, POST",
    "DELETE /admin/customers/x, GET",
    "GET /admin/customers/x/keys, POST",
    "POST /admin/customers/x/tier, PUT",
    "POST /admin/customers/x/overrides, PUT",
    "GET /admin/customers/x/status, PUT",
    "DELETE /admin/customers/x/anchor, PUT",
    "PUT /admin/keys/x/rotate, POST",
    "GET /admin/keys/x, DELETE",
    "POST /admin/tiers, GET",
    "GET /admin/tiers/reload, POST",
  })
  void adminMethodThatIsNotThere_isToldTheOneThatIs(String line, String allowed) throws Exception {
    for (Api api : apis) {
      Answer answer = admin(api, line, "{}");
      assertThat(answer.status()).as("%s on %s", line, api).isEqualTo(405);
      assertThat(answer.header("Allow")).isEqualTo(allowed);
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "POST /admin/customers | {\"id\":\"y\",\"tier\":\"free\",\"Name\":\"\"} | Name | name",
        "POST /admin/customers/{C}/keys | {\"valid_until\":\"2026-01-31T00:00:00Z\"} | valid_until | validUntil",
        "PUT /admin/customers/{C}/tier | {\"tier\":\"pro\",\"at\":\"\"} | at | tier",
        "PUT /admin/customers/{C}/status | {\"status\":\"active\",\"why\":\"\"} | why | status",
        "PUT /admin/customers/{C}/anchor | {\"anchor\":null,\"zone\":\"\"} | zone | anchor",
        "POST /admin/keys/{K}/rotate | {\"overlap_seconds\":0} | overlap_seconds | overlapSeconds",
      })
  void adminFieldThatIsUnknown_isRefused(String line, String body, String unknown, String known)
      throws Exception {
    for (Api api : apis) {
      Answer answer = admin(api, ofSomebody(line, api), body);
      assertThat(answer.status()).as("%s on %s: %s", line, api, answer.body()).isEqualTo(400);
      assertThat(answer.json().get("detail").asText())
          .contains("\"" + unknown + "\"")
          .contains("\"" + known + "\"");
    }
  }

  @ParameterizedTest
  @MethodSource("apis")
  void anchor_isClearedByNullAlone(Api api) throws Exception {
    String line = "PUT /admin/customers/" + api.client("free").customer() + "/anchor";
    String anchor = "2026-01-31T00:00:00Z";
    admin(api, line, "{\"anchor\":\"" + anchor + "\"}");

    assertThat(admin(api, line, "{}").status()).isEqualTo(400);
    assertThat(admin(api, line, "").status()).isEqualTo(400);
    Answer cleared = admin(api, line, "{\"anchor\":null}");

    assertThat(cleared.status()).isEqualTo(200);
    assertThat(cleared.body()).doesNotContain(anchor);
  }

  @ParameterizedTest
  @MethodSource("apis")
  void adminTiers_areListedLineByLine(Api api) throws Exception {
    JsonNode tiers = api.send("GET /admin/tiers", ADMIN.get(0)).json().get("tiers");

    assertThat(tiers.isArray()).isTrue();
    assertThat(tiers).hasSizeGreaterThan(3);
    assertThat(tiers).allSatisfy(line -> assertThat(line.asText()).doesNotContain("\n"));
  }

  @ParameterizedTest
  @MethodSource("apis")
  void adminBody_isBounded(Api api) throws Exception {
    String body = "{\"id\":\"" + "x".repeat(70_000) + "\"}";

    assertThat(admin(api, "POST /admin/customers", body).status()).isEqualTo(400);
    String deep = "[".repeat(30_000) + "]".repeat(30_000);
    assertThat(admin(api, "POST /admin/customers", deep).status()).isEqualTo(400);
  }

  private static Answer admin(Api api, String line, String body) throws IOException {
    return api.send(line, body, ADMIN);
  }

  private static JsonNode usage(Client client) throws IOException {
    Answer answer = client.get("/usage");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    return answer.json();
  }
}
