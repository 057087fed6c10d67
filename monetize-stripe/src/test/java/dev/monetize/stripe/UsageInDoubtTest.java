// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static dev.monetize.stripe.ModelStripe.ANSWER_LOST;
import static dev.monetize.stripe.ModelStripe.ERROR;
import static dev.monetize.stripe.ModelStripe.LOST;
import static dev.monetize.stripe.ModelStripe.UNREACHED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.stripe.ModelStripe.Sent;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What Stripe may have, or not: it is sent again, looked for, or parked. */
final class UsageInDoubtTest extends SinkCase {

  @Test
  void lostAnswer_isAskedForByTheSameIdentifierAndKey() throws IOException, InterruptedException {
    stripe.next(LOST, ANSWER_LOST);
    use("acme", NOON);
    sink.flush();
    send();
    later(Duration.ofMinutes(1));
    later(Duration.ofMinutes(1));

    assertThat(stripe.sent()).hasSize(3);
    assertThat(stripe.sent()).containsOnly(stripe.sent().get(0));
    assertThat(stripe.taken()).hasSize(1);
    assertThat(sink.backlog().waiting()).isZero();
  }

  @Test
  void error_thatWouldBeRepeatedIsAskedAgainByAnotherKey()
      throws IOException, InterruptedException {
    stripe.next(ERROR);
    use("acme", NOON);
    sink.flush();
    send();
    later(Duration.ofMinutes(1));

    assertThat(stripe.sent()).extracting(Sent::identifier).containsOnly(identifier(0));
    assertThat(stripe.sent()).extracting(Sent::key).doesNotHaveDuplicates();
    assertThat(stripe.taken()).hasSize(1);
  }

  @Test
  void useInDoubtForADay_isLookedForWhenSumsHaveSettled() throws IOException, InterruptedException {
    stripe.next(LOST, ANSWER_LOST);
    use("acme", NOON);
    sink.flush();
    send();
    clock.advance(Duration.ofHours(22).plusMinutes(59));
    send();
    clock.advance(Duration.ofMinutes(2));
    send();
    assertThat(sink.backlog().waiting()).as("sums do not tell yet").isEqualTo(1);

    later(Duration.ofMinutes(10));

    assertThat(sink.backlog().arrived()).isEqualTo(1);
    assertThat(stripe.taken()).hasSize(1);
  }

  @Test
  void useThatWasLostADayAgo_goesUnderANewIdentifier() throws IOException, InterruptedException {
    stripe.next(LOST);
    use("acme", NOON);
    sink.flush();
    send();
    later(Duration.ofHours(24));
    send();

    assertThat(stripe.sent()).hasSize(2);
    assertThat(identifier(1)).isNotEqualTo(identifier(0));
    assertThat(stripe.taken()).hasSize(1);
    assertThat(sink.backlog().arrived()).isEqualTo(1);
  }

  @Test
  void useThatNeverLeft_isSentHoweverLate() throws IOException, InterruptedException {
    stripe.next(UNREACHED);
    use("acme", NOON);
    sink.flush();
    send();
    later(Duration.ofHours(80));

    assertThat(stripe.sent()).extracting(Sent::identifier).containsOnly(identifier(0));
    assertThat(sink.backlog().arrived()).isEqualTo(1);
  }

  @Test
  void sumThatTellsNothing_parks() throws IOException, InterruptedException {
    stripe.next(ANSWER_LOST);
    use("acme", NOON, NOON);
    sink.flush();
    send();
    stripe.send(
        List.of(
            new MeterCall("api_calls", "cus_acme", 7, NOON.getEpochSecond(), "another's", "key")));
    later(Duration.ofHours(24));

    assertThat(sink.parked()).hasSize(1);
    assertThat(sink.parked().get(0).reason())
        .isEqualTo(
            "it may have arrived, more than a day ago: of this hour Stripe has 9,"
                + " 0 arrived for certain, 2 may have");
    assertThat(sink.backlog().waiting()).isZero();

    assertThat(sink.drop(sink.parked().get(0).number())).isTrue();
    assertThat(sink.parked()).isEmpty();
    assertThat(sink.backlog().unbilled()).isEqualTo(2);
  }
}
