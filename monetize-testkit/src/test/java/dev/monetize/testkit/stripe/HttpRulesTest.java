// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.monetize.testkit.MutableClock;
import dev.monetize.testkit.stripe.Wireless.Got;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is on the wire: keys, versions, idempotency keys, errors, pages. */
class HttpRulesTest {

  private static final String EVENTS = "/v1/billing/meter_events";

  private final MutableClock clock = new MutableClock(Shop.START);
  private final FakeStripe stripe = FakeStripe.builder().clock(clock).start();
  private final Wireless http = new Wireless(stripe);

  @AfterEach
  void close() {
    stripe.close();
  }

  private static void assertError(Got got, int status, String type, String code) {
    assertThat(got.status()).isEqualTo(status);
    assertThat(got.error().path("type").asText()).isEqualTo(type);
    assertThat(got.error().path("code").asText("")).isEqualTo(code);
    assertThat(got.error().path("message").asText()).isNotEmpty();
  }

  @Test
  void key_isNeeded() throws Exception {
    assertError(http.getWith("", "/v1/customers"), 401, "invalid_request_error", "");
    assertError(http.getWith("sk_live_x", "/v1/customers"), 401, "invalid_request_error", "");
    assertError(http.getWith("nonsense", "/v1/customers"), 401, "invalid_request_error", "");
    assertThat(http.getWith("sk_test_any", "/v1/customers").status()).isEqualTo(200);
  }

  @Test
  void key_thatIsRevokedOrRestricted_isRefused() throws Exception {
    stripe.revoke("sk_test_old_and_long_enough");
    stripe.restrict("rk_test_meters", "/v1/billing");
    Got revoked = http.getWith("sk_test_old_and_long_enough", "/v1/customers");
    assertError(revoked, 401, "invalid_request_error", "api_key_expired");
    assertThat(revoked.response().body()).doesNotContain("sk_test_old_and_long_enough");
    assertError(
        http.getWith("rk_test_meters", "/v1/customers"),
        403,
        "invalid_request_error",
        "permission_error");
    assertThat(http.getWith("rk_test_meters", "/v1/billing/meters").status()).isEqualTo(200);
  }

  @Test
  void version_isChecked_andNeededForV2() throws Exception {
    assertThat(http.get("/v1/prices", "Stripe-Version", "2025-03-31.basil").status())
        .isEqualTo(200);
    assertError(
        http.get("/v1/prices", "Stripe-Version", "2024-06-20"),
        400,
        "invalid_request_error",
        "invalid_api_version");
    assertError(
        http.get("/v1/prices", "Stripe-Version", "newest"),
        400,
        "invalid_request_error",
        "invalid_api_version");
    assertError(
        http.get("/v2/core/events/x"),
        400,
        "invalid_request_error",
        "stripe_version_header_missing");
  }

  @Test
  void answer_hasARequestIdOfItsOwn() throws Exception {
    String one = http.get("/v1/prices").header("Request-Id");
    assertThat(one).startsWith("req_");
    assertThat(http.get("/v1/prices").header("Request-Id")).startsWith("req_").isNotEqualTo(one);
  }

  @Test
  void whatIsNotThere_is404_andWhatAParameterNamesIs400() throws Exception {
    Got path = http.get("/v1/customers/cus_none");
    assertError(path, 404, "invalid_request_error", "resource_missing");
    assertThat(path.error().path("message").asText()).isEqualTo("No such customer: 'cus_none'");
    Got param = http.post("/v1/subscriptions", "customer=cus_none&items[0][price]=p");
    assertError(param, 400, "invalid_request_error", "resource_missing");
    assertThat(param.error().path("param").asText()).isEqualTo("customer");
    assertError(http.get("/v1/usage_records"), 404, "invalid_request_error", "");
  }

  @Test
  void parameters_areChecked_withTheirPlace() throws Exception {
    Got unknown = http.post("/v1/prices", "currency=usd&recurring[interval]=month&recurring[x]=1");
    assertError(unknown, 400, "invalid_request_error", "parameter_unknown");
    assertThat(unknown.error().path("param").asText()).isEqualTo("recurring[x]");
    Got missing = http.post("/v1/products", "description=x");
    assertError(missing, 400, "invalid_request_error", "parameter_missing");
    assertThat(missing.error().path("message").asText()).isEqualTo("Missing required param: name.");
    Got integer = http.post("/v1/prices", "currency=usd&unit_amount=1.5");
    assertError(integer, 400, "invalid_request_error", "parameter_invalid_integer");
    assertThat(integer.header("Stripe-Should-Retry")).isEqualTo("false");
  }

  @Test
  void idempotencyKey_replaysForADay() throws Exception {
    Got first = http.post("/v1/customers", "name=A", "Idempotency-Key", "k");
    clock.advance(Duration.ofHours(24).minusSeconds(1));
    Got again = http.post("/v1/customers", "name=A", "Idempotency-Key", "k");
    assertThat(again.json()).isEqualTo(first.json());
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(first.header("Idempotent-Replayed")).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    Got fresh = http.post("/v1/customers", "name=A", "Idempotency-Key", "k");
    assertThat(fresh.json().path("id")).isNotEqualTo(first.json().path("id"));
  }

  @Test
  void idempotencyKey_withOtherParameters_isAnError() throws Exception {
    http.post("/v1/customers", "name=A", "Idempotency-Key", "k");
    Got other = http.post("/v1/customers", "name=B", "Idempotency-Key", "k");
    assertError(other, 400, "idempotency_error", "");
    assertError(
        http.post("/v1/products", "name=A", "Idempotency-Key", "k"), 400, "idempotency_error", "");
  }

  @Test
  void idempotencyKey_keepsRefusals_butNotThoseOfParameters() throws Exception {
    Got wrong = http.post("/v1/customers", "nme=A", "Idempotency-Key", "k");
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(http.post("/v1/customers", "name=A", "Idempotency-Key", "k").status())
        .isEqualTo(200);

    String meter = "display_name=M&event_name=e&default_aggregation[formula]=sum";
    http.post("/v1/billing/meters", meter);
    Got taken = http.post("/v1/billing/meters", meter, "Idempotency-Key", "m");
    assertThat(taken.status()).isEqualTo(400);
    Got again = http.post("/v1/billing/meters", meter, "Idempotency-Key", "m");
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
  }

  @Test
  void idempotencyKey_keepsA500_inTheFirstVersionOnly() throws Exception {
    stripe.faults().next(StripeFault.errorBefore());
    assertThat(http.post("/v1/customers", "name=A", "Idempotency-Key", "k").status())
        .isEqualTo(500);
    Got again = http.post("/v1/customers", "name=A", "Idempotency-Key", "k");
    assertThat(again.status()).isEqualTo(500);
    assertThat(http.post("/v1/customers", "name=A", "Idempotency-Key", "k2").status())
        .isEqualTo(200);

    String event = "{\"event_name\":\"e\",\"payload\":{},\"identifier\":\"i\"}";
    stripe.faults().next(StripeFault.errorBefore());
    String path = "/v2/billing/meter_events";
    assertThat(http.json(path, event, "Idempotency-Key", "v").status()).isEqualTo(500);
    assertThat(http.json(path, event, "Idempotency-Key", "v").status()).isEqualTo(200);
  }

  @Test
  void idempotencyKey_isNotKeptFor429() throws Exception {
    stripe.faults().next(StripeFault.tooMany());
    assertThat(http.post("/v1/customers", "name=A", "Idempotency-Key", "k").status())
        .isEqualTo(429);
    assertThat(http.post("/v1/customers", "name=A", "Idempotency-Key", "k").status())
        .isEqualTo(200);
  }

  @Test
  void idempotencyKey_mayHave255Characters() throws Exception {
    assertThat(http.post("/v1/customers", "name=A", "Idempotency-Key", "k".repeat(255)).status())
        .isEqualTo(200);
    assertThat(http.post("/v1/customers", "name=A", "Idempotency-Key", "k".repeat(256)).status())
        .isEqualTo(400);
  }

  @Test
  void calls_overTheCeilingOfASecond_are429() throws Exception {
    try (FakeStripe slow = FakeStripe.builder().clock(clock).callsPerSecond(2).start()) {
      Wireless calls = new Wireless(slow);
      assertThat(calls.get("/v1/prices").status()).isEqualTo(200);
      assertThat(calls.get("/v1/prices").status()).isEqualTo(200);
      assertError(calls.get("/v1/prices"), 429, "invalid_request_error", "rate_limit");
      clock.advance(Duration.ofSeconds(1));
      assertThat(calls.get("/v1/prices").status()).isEqualTo(200);
    }
  }

  @Test
  void lists_arePagedNewestFirst() throws Exception {
    for (int i = 0; i < 12; i++) {
      http.post("/v1/customers", "name=" + i);
    }
    JsonNode first = http.get("/v1/customers").json();
    assertThat(first.path("data")).hasSize(10);
    assertThat(first.path("has_more").asBoolean()).isTrue();
    assertThat(first.path("data").path(0).path("name").asText()).isEqualTo("11");
    String last = first.path("data").path(9).path("id").asText();
    JsonNode second = http.get("/v1/customers?starting_after=" + last).json();
    assertThat(second.path("data")).hasSize(2);
    assertThat(second.path("has_more").asBoolean()).isFalse();
    String top = second.path("data").path(0).path("id").asText();
    JsonNode back = http.get("/v1/customers?limit=3&ending_before=" + top).json();
    assertThat(back.path("data")).hasSize(3);
    assertThat(back.path("data").path(2).path("id").asText()).isEqualTo(last);
    assertThat(http.get("/v1/customers?limit=101").status()).isEqualTo(400);
  }

  @Test
  void expand_putsObjectsInPlaceOfIds() throws Exception {
    String price =
        http.post("/v1/prices", "currency=usd&unit_amount=1&product_data[name]=P")
            .json()
            .path("id")
            .asText();
    JsonNode plain = http.get("/v1/prices/" + price).json();
    assertThat(plain.path("product").isTextual()).isTrue();
    JsonNode expanded = http.get("/v1/prices/" + price + "?expand[]=product").json();
    assertThat(expanded.path("product").path("name").asText()).isEqualTo("P");
    JsonNode list = http.get("/v1/prices?expand[]=data.product").json();
    assertThat(list.path("data").path(0).path("product").path("name").asText()).isEqualTo("P");
  }

  @Test
  void metadata_areMerged_andTakenAwayWhereEmpty() throws Exception {
    String id =
        http.post("/v1/customers", "metadata[a]=1&metadata[b]=2").json().path("id").asText();
    http.post("/v1/customers/" + id, "metadata[a]=&metadata[c]=3");
    assertThat(http.get("/v1/customers/" + id).json().path("metadata").toString())
        .isEqualTo("{\"b\":\"2\",\"c\":\"3\"}");
  }

  @Test
  void whatIsKeptForItself_isNotShown() throws Exception {
    Got created = http.post("/v1/webhook_endpoints", "url=http://localhost:1&enabled_events[]=*");
    assertThat(created.json().path("secret").asText()).startsWith("whsec_");
    String id = created.json().path("id").asText();
    assertThat(http.get("/v1/webhook_endpoints/" + id).response().body()).doesNotContain("secret");
  }

  @Test
  void secondCallForACustomerAndMeter_whileOneIsInFlight_is409() throws Exception {
    String event = "event_name=e&payload[stripe_customer_id]=cus_a&payload[value]=1";
    stripe.faults().next(EVENTS, StripeFault.held());
    CompletableFuture<Integer> first = CompletableFuture.supplyAsync(() -> status(event));
    stripe.faults().awaitHeld(1);
    assertError(http.post(EVENTS, event), 409, "invalid_request_error", "lock_timeout");
    assertThat(http.post(EVENTS, event.replace("cus_a", "cus_b")).status()).isEqualTo(200);
    assertThat(http.post(EVENTS, event.replace("event_name=e", "event_name=f")).status())
        .isEqualTo(200);
    stripe.faults().release();
    assertThat(first.get()).isEqualTo(200);
    assertThat(http.post(EVENTS, event).status()).isEqualTo(200);
  }

  private int status(String event) {
    try {
      return http.post(EVENTS, event).status();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void sameIdempotencyKey_whileItsCallIsInProgress_is409() throws Exception {
    stripe.faults().next("/v1/customers", StripeFault.held());
    CompletableFuture<Integer> first =
        CompletableFuture.supplyAsync(() -> keyed("/v1/customers").status());
    stripe.faults().awaitHeld(1);
    assertError(keyed("/v1/customers"), 409, "idempotency_error", "idempotency_key_in_use");
    stripe.faults().release();
    assertThat(first.get()).isEqualTo(200);
    assertThat(keyed("/v1/customers").header("Idempotent-Replayed")).isEqualTo("true");
  }

  private Got keyed(String path) {
    try {
      return http.post(path, "name=A", "Idempotency-Key", "k");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private String port() {
    return stripe.apiBase().substring(stripe.apiBase().lastIndexOf(':') + 1);
  }

  @Test
  void body_mayBeChunked_andAskForLeave() throws Exception {
    String request =
        String.join(
            "\r\n",
            "POST /v1/customers HTTP/1.1",
            "Authorization: Bearer sk_test_x",
            "Expect: 100-continue",
            "Connection: close",
            "Transfer-Encoding: chunked",
            "Content-Type: application/x-www-form-urlencoded",
            "",
            "5",
            "name=",
            "2",
            "AB",
            "0",
            "",
            "");
    assertThat(raw(request)).startsWith("HTTP/1.1 100").contains("HTTP/1.1 200", "\"AB\"");
  }

  @Test
  void whatIsNotHttp_endsTheConnection_andNothingElse() throws Exception {
    assertThat(raw("hello\r\n\r\n")).isEmpty();
    assertThat(raw("POST /v1/customers HTTP/1.1\r\nContent-Length: -1\r\n\r\n")).isEmpty();
    assertThat(http.get("/v1/prices").status()).isEqualTo(200);
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket("localhost", Integer.parseInt(port()))) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
