// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static dev.monetize.stripe.ModelStripe.LOST;
import static dev.monetize.stripe.ModelStripe.REFUSED;
import static dev.monetize.stripe.ModelStripe.UNCOUNTED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.stripe.OutboxEntry.Fate;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What Stripe refused, or took and did not count, is sent again when somebody says so. */
final class UsageSentAgainTest extends SinkCase {

  @Test
  void refusal_parksAndRetrySendsUnderANewIdentifier() throws IOException, InterruptedException {
    stripe.next(REFUSED);
    use("acme", NOON);
    sink.flush();
    send();
    assertThat(sink.parked()).extracting(ParkedUsage::reason).containsExactly("400 no such thing");
    assertThat(sink.retry(99)).isFalse();

    assertThat(sink.retry(sink.parked().get(0).number())).isTrue();
    send();

    assertThat(identifier(1)).isNotEqualTo(identifier(0));
    assertThat(sink.backlog().arrived()).isEqualTo(1);
    assertThat(sink.parked()).isEmpty();
  }

  @Test
  void useThatWasNotCounted_isSentAgain_once() throws IOException, InterruptedException {
    stripe.next(UNCOUNTED);
    use("acme", NOON, NOON);
    sink.flush();
    send();
    String uncounted = identifier(0);
    assertThat(sink.backlog().arrived()).isEqualTo(2);

    assertThat(sink.retry(uncounted)).isTrue();
    assertThat(sink.backlog().arrived()).isZero();
    assertThat(sink.backlog().waiting()).isEqualTo(1);
    assertThat(sink.retry(uncounted)).as("it is on its way").isFalse();
    send();

    assertThat(identifier(1)).isNotEqualTo(uncounted);
    assertThat(stripe.taken()).hasSize(1);
    assertThat(sink.backlog().arrived()).isEqualTo(2);
    assertThat(sink.retry(uncounted)).as("it has arrived").isFalse();
    restart(settings());
    assertThat(sink.retry(uncounted)).isFalse();
    assertThat(sink.backlog().arrived()).isEqualTo(2);
    assertThat(sink.retry("of another")).isFalse();
  }

  /** Two look at it, and both write down that it is to be sent again. */
  @Test
  void useThatWasNotCounted_isSentAgainOnce_whereTwoDecideSo()
      throws IOException, InterruptedException {
    stripe.next(UNCOUNTED);
    use("acme", NOON);
    sink.flush();
    send();
    OutboxItem seen = sink.outbox().look(state -> state.item(1)).orElseThrow();
    sink.outbox().decide(Fate.RELEASED, 0, seen);
    send();
    sink.outbox().decide(Fate.RELEASED, 0, seen);
    send();

    assertThat(stripe.taken()).hasSize(1);
    assertThat(stripe.sent()).hasSize(2);
  }

  @Test
  void useThatWasNotCounted_aWeekAgo_isLookedForWhenItIsInDoubt()
      throws IOException, InterruptedException {
    stripe.next(UNCOUNTED);
    use("acme", NOON);
    sink.flush();
    send();
    use("acme", NOON);
    sink.flush();
    send();
    later(Duration.ofDays(7));
    stripe.next(LOST);
    sink.retry(identifier(0));
    send();
    later(Duration.ofHours(24));
    send();

    assertThat(sink.parked()).isEmpty();
    assertThat(stripe.taken()).hasSize(2);
    assertThat(sink.backlog().arrived()).isEqualTo(2);
  }

  @Test
  void parkedUse_isSentAgainByItsIdentifierToo() throws IOException, InterruptedException {
    stripe.next(REFUSED);
    use("acme", NOON);
    sink.flush();
    send();
    String refused = sink.parked().get(0).identifier();

    assertThat(sink.retry(refused)).isTrue();
    send();

    assertThat(sink.retry(refused)).isFalse();
    assertThat(sink.parked()).isEmpty();
    assertThat(sink.backlog().arrived()).isEqualTo(1);
  }
}
