// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.testkit.MemoryJournal;
import dev.monetize.usage.Measure;
import dev.monetize.usage.RecordedEvent;
import dev.monetize.usage.UsageBatch;
import dev.monetize.usage.UsageEvent;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is used in a tier that is not sold is on no invoice of another. */
class SoldTiersTest {

  private static final CheckoutPage PAGE =
      new CheckoutPage(URI.create("https://a.test/"), URI.create("https://b.test/"));

  @TempDir private Path directory;
  private final UUID journal = UUID.randomUUID();
  private Shop shop;
  private StripeUsageSink sink;
  private String acme;
  private long sequence;

  @BeforeEach
  void open() throws Exception {
    shop = new Shop(directory);
    sink =
        StripeUsageSink.builder(shop.connection, Path.of("unused"))
            .outbox(new MemoryJournal()::open)
            .meter("calls", "api_calls")
            .billing(shop.billing)
            .clock(shop.clock)
            .build(new StripeMeterEvents(shop.connection), 0);
    acme = shop.customer("acme");
  }

  @AfterEach
  void close() {
    sink.close();
    shop.close();
  }

  private void use(long units) throws IOException, InterruptedException {
    Instant now = shop.clock.instant();
    long nanos = now.getEpochSecond() * 1_000_000_000L;
    List<Measure> calls = List.of(new Measure("calls", units));
    UsageEvent event =
        new UsageEvent(
            nanos, nanos, "acme", "", shop.tier("acme"), "", 200, false, calls, List.of());
    RecordedEvent recorded = new RecordedEvent(journal, ++sequence, event);
    sink.deliver(new UsageBatch(journal, "stripe", List.of(recorded)));
  }

  private void go(Duration time) throws Exception {
    for (Duration left = time; left.compareTo(Duration.ZERO) > 0; left = left.minusMinutes(30)) {
      shop.later(Duration.ofMinutes(30));
      while (sink.step()) {
        // there may be more
      }
    }
    shop.deliverAll();
  }

  /** One call comes between Stripe's subscription and the event that tells of it. */
  @Test
  void freeUse_withinTheHourOfACheckout_isNotBilled() throws Exception {
    use(60_000);
    shop.clock.advance(Duration.ofMinutes(5));
    shop.billing.checkoutLink("acme", "pro", PAGE);
    String session = shop.client.v1().checkout().sessions().list().getData().get(0).getId();
    shop.stripe.completeCheckout(session);
    shop.clock.advance(Duration.ofSeconds(2));
    use(1);
    shop.clock.advance(Duration.ofSeconds(2));
    shop.deliverAll();
    assertThat(shop.tier("acme")).isEqualTo("pro");
    use(7);

    go(Duration.ofHours(3));

    assertThat(shop.stripe.usage(acme, "api_calls")).isEqualByComparingTo("7");
    assertThat(sink.backlog().arrived()).isEqualTo(7);
    assertThat(sink.backlog().unbilled()).isEqualTo(60_001);
  }

  @Test
  void useInTheFallback_isNotBilled_atThePriceOfTheTierThatIsNotPaid() throws Exception {
    shop.billing.subscribe("acme", "pro");
    use(5);
    shop.stripe.failPayments(acme);
    go(Duration.ofDays(31).plusHours(3));
    go(Duration.ofDays(8));
    assertThat(shop.tier("acme")).isEqualTo("free");

    use(500);
    go(Duration.ofHours(3));
    shop.stripe.recoverPayments(acme);
    go(Duration.ofDays(12));
    assertThat(shop.tier("acme")).isEqualTo("pro");
    use(6);
    go(Duration.ofHours(3));

    assertThat(sink.backlog().arrived()).isEqualTo(11);
    assertThat(sink.backlog().unbilled()).isEqualTo(500);
  }

  @Test
  void tierThatIsGone_wasSold_andAnUnstartedBillingSaysSo() throws Exception {
    assertThat(shop.billing.isSold("free")).isFalse();
    assertThat(shop.billing.isSold("pro")).isTrue();
    assertThat(shop.billing.isSold("gone")).isTrue();
    Thread.currentThread().interrupt(); // no need to wait
    assertThatThrownBy(() -> shop.open(new MemoryJournal(), with -> with).isSold("free"))
        .isInstanceOf(IllegalStateException.class);
    assertThat(Thread.interrupted()).isTrue();
  }
}
