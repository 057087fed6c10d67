// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.Stripe;
import dev.monetize.testkit.MemoryJournal;
import dev.monetize.testkit.MutableClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StripeWebhookServletTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final String SECRET = "whsec_one";
  private static final String OTHER = "whsec_two";
  private static final String EVENT =
      """
      {"id": "evt_1", "object": "event", "type": "customer.subscription.updated",
       "api_version": "%s", "data": {"object": {"object": "subscription", "customer": "cus_1"}}}
      """
          .formatted(Stripe.API_VERSION);

  private final MutableClock clock = new MutableClock(NOON);
  private final MemoryJournal journal = new MemoryJournal();
  private final StripeBilling billing = open();
  private final StripeWebhookServlet servlet = new StripeWebhookServlet(billing, SECRET, OTHER);

  StripeWebhookServletTest() throws IOException {}

  private StripeBilling open() throws IOException {
    return StripeBilling.builder(StripeConnection.with("sk_test_none"), Path.of("unused"))
        .journal(journal::open)
        .clock(clock)
        .open(0);
  }

  private static byte[] bytes(String body) {
    return body.getBytes(StandardCharsets.UTF_8);
  }

  private static String signed(String body, String secret, Instant at) {
    return Posted.signed(body, secret, at);
  }

  private static String good() {
    return signed(EVENT, SECRET, NOON);
  }

  private static String signature() {
    return good().substring(good().indexOf("v1=") + 3);
  }

  private static String time() {
    return "t=" + NOON.getEpochSecond();
  }

  private int post(String body, String... headers) {
    return Posted.to(servlet, bytes(body), List.of(headers)).status();
  }

  private int pending() {
    return billing.inbox().pending();
  }

  @Test
  void event_isDurableBeforeItIsAnswered() throws IOException {
    assertThat(post(EVENT, good())).isEqualTo(200);
    assertThat(pending()).isEqualTo(1);

    assertThat(open().inbox().pending()).isEqualTo(1); // the process ended, and began again
  }

  @Test
  void event_thatComesAgain_isTakenOnce() throws IOException {
    for (int i = 0; i < 3; i++) {
      assertThat(post(EVENT, good())).isEqualTo(200);
    }
    assertThat(pending()).isEqualTo(1);

    StripeBilling next = open();
    StripeWebhookServlet after = new StripeWebhookServlet(next, SECRET);
    assertThat(Posted.to(after, bytes(EVENT), List.of(good())).status()).isEqualTo(200);
    assertThat(next.inbox().pending()).isEqualTo(1);
  }

  @Test
  void event_thatCannotBeWritten_isAskedForAgain() {
    journal.full(true);
    assertThat(post(EVENT, good())).isEqualTo(503);
    assertThat(pending()).isZero();

    journal.full(false);
    assertThat(post(EVENT, good())).isEqualTo(200);
    assertThat(pending()).isEqualTo(1);
  }

  @Test
  void event_signedWithAnyOfTheSecrets_isTaken() {
    assertThat(post(EVENT, signed(EVENT, OTHER, NOON))).isEqualTo(200);
    assertThat(post(EVENT, time() + ",v1=" + "0".repeat(64) + ",v1=" + signature())).isEqualTo(200);
    assertThat(post(EVENT, time() + ",v0=abc,v1=" + signature())).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(longs = {-300, -299, 0, 299, 300})
  void event_signedJustNow_isTaken(long seconds) {
    assertThat(post(EVENT, signed(EVENT, SECRET, NOON.plusSeconds(seconds)))).isEqualTo(200);
    assertThat(pending()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {-86400, -301, 301, 86400, 3_000_000_000L})
  void event_signedAtAnotherTime_isRefused(long seconds) {
    assertThat(post(EVENT, signed(EVENT, SECRET, NOON.plusSeconds(seconds)))).isEqualTo(400);
    assertThat(pending()).isZero();
  }

  static Stream<List<String>> malformed() {
    String good = good();
    List<List<String>> all = new ArrayList<>();
    all.add(List.of());
    all.add(List.of(good, good));
    for (String header :
        List.of(
            "",
            " ",
            ",",
            "=",
            "t",
            "v1",
            "t,v1",
            "t=",
            "t=abc",
            "t=-1,v1=" + signature(),
            "t=1e9,v1=" + signature(),
            "t=99999999999999999999,v1=" + signature(),
            time(),
            "v1=" + signature(),
            time() + ",v1",
            time() + ",v1=",
            time() + ",v1=" + signature().substring(1),
            time() + ",v1=" + signature() + "0",
            time() + ",v1=" + "g".repeat(64),
            time() + ",v1=" + "é".repeat(64),
            time() + ",v0=" + signature(),
            time() + "," + time() + ",v1=" + signature(),
            "t=" + (NOON.getEpochSecond() - 1) + ",v1=" + signature(),
            time() + ";v1=" + signature(),
            time() + ",v1=" + "0".repeat(64),
            good + ",",
            good + ",x",
            "T" + good.substring(1),
            "v1=" + signature() + "," + "t=\u0661",
            signed(EVENT, "whsec_three", NOON),
            signed(EVENT + " ", SECRET, NOON),
            good + ",v1=" + "0".repeat(5000))) {
      all.add(List.of(header));
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void header_thatIsMalformed_is400(List<String> headers) {
    assertThat(post(EVENT, headers.toArray(new String[0]))).isEqualTo(400);
    assertThat(pending()).isZero();
  }

  @Test
  void header_withAnyCharacterChanged_is400() {
    SplittableRandom random = new SplittableRandom(20260301);
    String good = good();
    int tried = 0;
    for (int place = 0; place < good.length(); place++) {
      char other = (char) (33 + random.nextInt(94));
      if (other != good.charAt(place)) {
        tried++;
        String header = good.substring(0, place) + other + good.substring(place + 1);
        assertThat(post(EVENT, header)).as(header).isEqualTo(400);
      }
    }
    assertThat(tried).isGreaterThan(70);
    assertThat(pending()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "1",
        "\"evt\"",
        "{",
        "{}",
        "{\"id\": \"evt_1\"}",
        "{\"id\": \"evt_1\", \"object\": \"event\"}",
        "{\"id\": 1, \"object\": \"event\", \"type\": \"x\"}",
        "{\"id\": \"evt_1\", \"object\": \"charge\", \"type\": \"customer.deleted\"}",
        "{\"id\": \"evt_1\", \"type\": \"customer.deleted\"}"
      })
  void body_thatIsNoEvent_is400(String body) {
    assertThat(post(body, signed(body, SECRET, NOON))).isEqualTo(400);
    assertThat(pending()).isZero();
  }

  @Test
  void body_withIdsTooLong_is400() {
    String body = EVENT.replace("evt_1", "e".repeat(256));
    assertThat(post(body, signed(body, SECRET, NOON))).isEqualTo(400);
    assertThat(pending()).isZero();
  }

  @Test
  void body_thatIsNotText_is400() {
    byte[] body = new byte[100];
    Arrays.fill(body, (byte) 0xff);
    assertThat(Posted.to(servlet, body, List.of(good())).status()).isEqualTo(400);
  }

  @Test
  void body_isSignedByte_forByte() {
    assertThat(post(EVENT.replace("cus_1", "cus_2"), good())).isEqualTo(400);
    assertThat(post(EVENT.strip(), good())).isEqualTo(400);
    assertThat(pending()).isZero();
  }

  @Test
  void body_thatIsTooLarge_is413() {
    String body = " ".repeat(512 * 1024 + 1);
    assertThat(post(body, signed(body, SECRET, NOON))).isEqualTo(413);
  }

  @Test
  void event_thatConcernsNoCustomer_isTakenAndForgotten() {
    String body =
        """
        {"id": "evt_2", "object": "event", "type": "price.updated", "data": {"object": {"object": "price"}}}
        """;
    assertThat(post(body, signed(body, SECRET, NOON))).isEqualTo(200);
    assertThat(pending()).isZero();
  }

  @Test
  void event_ofAnotherVersion_isTakenAndShown() {
    String body = EVENT.replace(Stripe.API_VERSION, "2025-03-31.basil");
    assertThat(post(body, signed(body, SECRET, NOON))).isEqualTo(200);
    assertThat(pending()).isEqualTo(1);
    assertThat(billing.inbox().otherVersions()).containsExactly("2025-03-31.basil");
  }

  @Test
  void event_isKnown_forAsLongAsStripeRepeatsIt() {
    post(EVENT, good());
    clock.advance(Duration.ofDays(3).plusHours(1));
    assertThat(post(EVENT, signed(EVENT, SECRET, clock.instant()))).isEqualTo(200);
    assertThat(pending()).isEqualTo(1);
  }

  @Test
  void servlet_needsASecret() {
    assertThatThrownBy(() -> new StripeWebhookServlet(billing))
        .hasMessage("a webhook needs its signing secret, whsec_…");
    assertThatThrownBy(() -> new StripeWebhookServlet(billing, " "))
        .hasMessage("a webhook's secret must be as Stripe shows it, whsec_…, without blanks");
  }
}
