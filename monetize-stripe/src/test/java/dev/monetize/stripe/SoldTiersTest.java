// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.testkit.MemoryJournal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is used in a tier that is not sold is on no invoice of another. */
class SoldTiersTest {

  private static final CheckoutPage PAGE =
      new CheckoutPage(URI.create("https://a.test/"), URI.create("https://b.test/"));

  @TempDir private Path directory;
  private Shop shop;
  private ShopUsage usage;
  private String acme;

  @BeforeEach
  void open() throws Exception {
    shop = new Shop(directory);
    usage = new ShopUsage(shop);
    acme = shop.customer("acme");
  }

  @AfterEach
  void close() {
    usage.close();
    shop.close();
  }

  /** One call comes between Stripe's subscription and the event that tells of it. */
  @Test
  void freeUse_withinTheHourOfACheckout_isNotBilled() throws Exception {
    usage.use(60_000);
    shop.clock.advance(Duration.ofMinutes(5));
    shop.billing.checkoutLink("acme", "pro", PAGE);
    String session = shop.client.v1().checkout().sessions().list().getData().get(0).getId();
    shop.stripe.completeCheckout(session);
    shop.clock.advance(Duration.ofSeconds(2));
    usage.use(1);
    shop.clock.advance(Duration.ofSeconds(2));
    shop.deliverAll();
    assertThat(shop.tier("acme")).isEqualTo("pro");
    usage.use(7);

    usage.go(Duration.ofHours(3));

    assertThat(shop.stripe.usage(acme, "api_calls")).isEqualByComparingTo("7");
    assertThat(usage.sink.backlog().arrived()).isEqualTo(7);
    assertThat(usage.sink.backlog().unbilled()).isEqualTo(60_001);
  }

  @Test
  void useInTheFallback_isNotBilled_atThePriceOfTheTierThatIsNotPaid() throws Exception {
    shop.billing.subscribe("acme", "pro");
    usage.use(5);
    shop.stripe.failPayments(acme);
    usage.go(Duration.ofDays(31).plusHours(3));
    usage.go(Duration.ofDays(8));
    assertThat(shop.tier("acme")).isEqualTo("free");

    usage.use(500);
    usage.go(Duration.ofHours(3));
    shop.stripe.recoverPayments(acme);
    usage.go(Duration.ofDays(12));
    assertThat(shop.tier("acme")).isEqualTo("pro");
    usage.use(6);
    usage.go(Duration.ofHours(3));

    assertThat(usage.sink.backlog().arrived()).isEqualTo(11);
    assertThat(usage.sink.backlog().unbilled()).isEqualTo(500);
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
