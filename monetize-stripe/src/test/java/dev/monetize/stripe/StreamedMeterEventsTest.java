// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers that Stripe's stream may give by its specification, and seldom does. */
final class StreamedMeterEventsTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final String SESSION =
      """
      {"object": "v2.billing.meter_event_session", "id": "mes_1", "livemode": false,
       "authentication_token": "token", "created": "2026-03-01T12:00:00.000Z",
       "expires_at": "2026-03-01T12:15:00.000Z"}
      """;
  private static final String DUPLICATE =
      """
      {"error": {"type": "invalid_request_error", "code": "duplicate_meter_event",
       "message": "An event already exists with identifier one."}}
      """;

  private HttpServer server;
  private StreamedMeterEvents stream;

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v2/billing/meter_event_session", call -> answer(call, 200, SESSION));
    server.createContext("/v2/billing/meter_event_stream", call -> answer(call, 400, DUPLICATE));
    server.start();
    URI base = URI.create("http://localhost:" + server.getAddress().getPort());
    stream =
        new StreamedMeterEvents(
            StripeConnection.with("sk_test_x").at(base), InstantSource.fixed(NOW));
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private static void answer(HttpExchange call, int status, String text) throws IOException {
    try (call) {
      call.getRequestBody().readAllBytes();
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      call.getResponseHeaders().set("Content-Type", "application/json");
      call.sendResponseHeaders(status, body.length);
      call.getResponseBody().write(body);
    }
  }

  private static MeterCall call(String identifier) {
    return new MeterCall(
        "api_calls", "cus_" + identifier, 1, NOW.getEpochSecond(), identifier, identifier + "-0");
  }

  @Test
  void duplicate_amongSeveral_saysNothingOfTheOthers() {
    assertThat(stream.send(List.of(call("one"), call("two")))).isInstanceOf(Answer.Refused.class);
  }

  @Test
  void duplicate_alone_hasArrived() {
    assertThat(stream.send(List.of(call("one")))).isEqualTo(new Answer.Arrived());
  }
}
