// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static dev.monetize.stripe.ModelStripe.LOCKED;
import static dev.monetize.stripe.ModelStripe.LOST;
import static dev.monetize.stripe.ModelStripe.REFUSED;
import static dev.monetize.stripe.ModelStripe.WORKS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How often Stripe is called, and with how much together. */
final class SendingPaceTest extends SinkCase {

  @Test
  void calls_areNoMoreASecondThanAsked() throws IOException, InterruptedException {
    restart(settings().callsPerSecond(5));
    for (int i = 0; i < 20; i++) {
      use("c" + i, NOON);
    }
    sink.flush();
    send();
    assertThat(stripe.sent()).as("at once").hasSizeBetween(5, 6);

    later(Duration.ofSeconds(1));
    assertThat(stripe.sent()).hasSizeBetween(10, 11);
  }

  @Test
  void several_goTogetherWhereStripeTakesThem() throws IOException, InterruptedException {
    stripe.most(10);
    for (int i = 0; i < 25; i++) {
      use("c" + i, NOON, NOON);
    }
    stripe.next(LOST, REFUSED, WORKS, REFUSED);
    sink.flush();
    send();
    later(Duration.ofMinutes(1));

    assertThat(stripe.taken()).hasSize(24);
    assertThat(stripe.calls()).isEqualTo(1 + 1 + 10 + 2);
    assertThat(sink.parked()).as("the one that was refused alone").hasSize(1);
    assertThat(sink.backlog().arrived()).isEqualTo(48);
  }

  @Test
  void several_thatWereRefusedTogetherGoOneByOneAtThePace()
      throws IOException, InterruptedException {
    stripe.most(10);
    restart(settings().callsPerSecond(2));
    for (int i = 0; i < 9; i++) {
      use("c" + i, NOON);
    }
    stripe.next(REFUSED);
    sink.flush();
    send();
    assertThat(stripe.calls()).as("at once").isBetween(2, 3);

    for (int second = 1; second <= 5; second++) {
      int before = stripe.calls();
      later(Duration.ofSeconds(1));
      assertThat(stripe.calls() - before).isLessThanOrEqualTo(2);
    }
    assertThat(stripe.calls()).isEqualTo(1 + 9);
    assertThat(stripe.taken()).hasSize(9);

    for (int i = 0; i < 9; i++) {
      use("c" + i, clock.instant());
    }
    sink.flush();
    send();
    assertThat(stripe.calls()).as("together again").isEqualTo(1 + 9 + 1);
  }

  @Test
  void outage_isAskedNowAndThen() throws IOException, InterruptedException {
    stripe.out(true);
    for (int i = 0; i < 50; i++) {
      use("c" + i, NOON);
    }
    sink.flush();
    for (int i = 0; i < 3600; i++) {
      later(Duration.ofSeconds(1));
    }
    assertThat(stripe.sent()).hasSizeLessThan(150);

    stripe.out(false);
    for (int i = 0; i < 1200; i++) {
      later(Duration.ofSeconds(1));
    }
    assertThat(sink.backlog().arrived()).isEqualTo(50);
    assertThat(stripe.taken()).hasSize(50);
  }

  @Test
  void keyThatMayNot_stopsUntilResumed() throws IOException, InterruptedException {
    stripe.next(LOCKED);
    use("acme", NOON);
    use("other", NOON);
    sink.flush();
    send();
    later(Duration.ofHours(2));
    assertThat(stripe.sent()).hasSize(1);
    assertThat(sink.backlog().stopped()).contains("401 no such key");

    sink.resume();
    send();

    assertThat(sink.backlog().arrived()).isEqualTo(2);
    assertThat(sink.backlog().stopped()).isEmpty();
  }
}
