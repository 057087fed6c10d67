// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.testkit.MutableClock;
import dev.monetize.testkit.stripe.Wireless.Got;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls that go wrong: whether they were carried out, and what is heard of them. */
class FaultsTest {

  private static final String PATH = "/v1/customers";

  private final MutableClock clock = new MutableClock(Shop.START);
  private final FakeStripe stripe = FakeStripe.builder().clock(clock).start();
  private final Wireless http = new Wireless(stripe);

  @AfterEach
  void close() {
    stripe.close();
  }

  private int customers() throws Exception {
    return http.get(PATH + "?limit=100").json().path("data").size();
  }

  /** The status, or 0 where none came. */
  private int create() throws InterruptedException {
    try {
      return http.post(PATH, "name=A").status();
    } catch (IOException e) {
      return 0;
    }
  }

  @Test
  void lostCall_isNotCarriedOut() throws Exception {
    stripe.faults().next(PATH, StripeFault.lost(), StripeFault.resetBefore());
    assertThat(create()).isZero();
    assertThat(create()).isZero();
    assertThat(customers()).isZero();
    assertThat(create()).isEqualTo(200);
  }

  @Test
  void unansweredCall_isCarriedOut() throws Exception {
    stripe.faults().next(PATH, StripeFault.unanswered(), StripeFault.resetAfter());
    assertThat(create()).isZero();
    assertThat(create()).isZero();
    assertThat(customers()).isEqualTo(2);
  }

  @Test
  void unansweredCall_isAnsweredWhenItComesAgainWithItsKey() throws Exception {
    stripe.faults().next(PATH, StripeFault.unanswered());
    assertThatThrownBy(() -> http.post(PATH, "name=A", "Idempotency-Key", "k"))
        .isInstanceOf(IOException.class);
    Got again = http.post(PATH, "name=A", "Idempotency-Key", "k");
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(customers()).isEqualTo(1);
  }

  @Test
  void error_comesBeforeOrAfter() throws Exception {
    stripe.faults().next(PATH, StripeFault.errorBefore());
    assertThat(create()).isEqualTo(500);
    assertThat(customers()).isZero();
    stripe.faults().next(PATH, StripeFault.errorAfter());
    Got after = http.post(PATH, "name=A", "Idempotency-Key", "k");
    assertThat(after.status()).isEqualTo(500);
    assertThat(after.error().path("type").asText()).isEqualTo("api_error");
    assertThat(customers()).isEqualTo(1);
    assertThat(http.post(PATH, "name=A", "Idempotency-Key", "k").status()).isEqualTo(500);
  }

  @Test
  void tooMany_tellsWhenToComeBack_ifThatIsSaid() throws Exception {
    stripe.faults().next(StripeFault.tooMany(), StripeFault.tooMany(Duration.ofSeconds(7)));
    assertThat(http.get(PATH).header("Retry-After")).isEmpty();
    Got got = http.get(PATH);
    assertThat(got.status()).isEqualTo(429);
    assertThat(got.header("Retry-After")).isEqualTo("7");
  }

  @Test
  void outage_endsByTheClock() throws Exception {
    stripe.faults().outage(Duration.ofHours(1));
    assertThat(create()).isZero();
    clock.advance(Duration.ofMinutes(59));
    assertThat(create()).isZero();
    clock.advance(Duration.ofMinutes(1));
    assertThat(create()).isEqualTo(200);
  }

  @Test
  void faults_areForAPathAndBelow() throws Exception {
    stripe.faults().always(PATH, StripeFault.conflict());
    assertThat(http.get(PATH).status()).isEqualTo(409);
    assertThat(http.get(PATH + "/x").status()).isEqualTo(409);
    assertThat(http.get("/v1/prices").status()).isEqualTo(200);
    stripe.faults().heal();
    assertThat(http.get(PATH).status()).isEqualTo(200);
  }

  @Test
  void chance_isThatOfItsSeed() throws Exception {
    List<Integer> one = statuses(7);
    assertThat(one).contains(200, 409).isEqualTo(statuses(7)).isNotEqualTo(statuses(8));
  }

  private List<Integer> statuses(long seed) throws Exception {
    stripe.faults().random(PATH, 0.5, seed, StripeFault.conflict());
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      statuses.add(http.get(PATH).status());
    }
    return statuses;
  }

  @Test
  void slowCall_isStillCarriedOut() throws Exception {
    stripe.faults().next(PATH, StripeFault.slow(Duration.ofMillis(50)));
    long since = System.nanoTime();
    assertThat(create()).isEqualTo(200);
    assertThat(System.nanoTime() - since).isGreaterThan(50_000_000L);
  }

  @Test
  void pages_neverFail() throws Exception {
    stripe.faults().outage(Duration.ofHours(1));
    assertThat(http.get("/_state").status()).isEqualTo(200);
  }

  @Test
  void chance_isRefusedWhereItIsNone() {
    assertThatThrownBy(() -> stripe.faults().random(PATH, 1.5, 1, StripeFault.lost()))
        .hasMessage("share must be between 0 and 1 and faults at least one, got 1.5 and 1");
  }
}
