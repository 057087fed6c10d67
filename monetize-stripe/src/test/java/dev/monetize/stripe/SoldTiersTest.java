// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.model.InvoiceLineItem;
import com.stripe.param.InvoiceListParams;
import dev.monetize.InvoicePreview;
import dev.monetize.testkit.MemoryJournal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is used in a tier that is not sold is on no invoice of another. */
class SoldTiersTest {

  private static final CheckoutPage PAGE =
      new CheckoutPage(URI.create("https://a.test/"), URI.create("https://b.test/"));

  private static final Instant SECOND_PERIOD = Instant.parse("2026-04-10T12:34:56Z");
  private static final Instant THIRD_PERIOD = Instant.parse("2026-05-10T12:34:56Z");

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

  /** Within a period it does not pay, has its fallback, and pays after all. */
  @Test
  void useInTheFallback_isNotBilled_andTheInvoiceIsThatOfThePreview() throws Exception {
    shop.billing.subscribe("acme", "pro");
    shop.stripe.failPayments(acme);
    until(SECOND_PERIOD.plus(Duration.ofHours(3)));
    usage.use(40_000);
    until(SECOND_PERIOD.plus(Duration.ofDays(8)));
    assertThat(shop.tier("acme")).isEqualTo("free");
    assertThat(shop.has("acme").tier()).isEqualTo("pro");
    usage.use(900);
    usage.go(Duration.ofHours(3));
    shop.stripe.recoverPayments(acme);
    until(SECOND_PERIOD.plus(Duration.ofDays(20)));
    assertThat(shop.tier("acme")).isEqualTo("pro");
    usage.use(30_000);
    until(THIRD_PERIOD.plus(Duration.ofHours(3)));

    assertThat(usage.sink.backlog().arrived()).isEqualTo(70_000);
    assertThat(usage.sink.backlog().unbilled()).isEqualTo(900);
    InvoicePreview preview = shop.monetizer.invoicePreview("acme", SECOND_PERIOD);
    assertThat(preview.total().minorUnits()).as("49 and 20,000 calls").isEqualTo(4900 + 4000);
    assertThat(asked()).isEqualTo(4900 + 4000);
    usage.hasNoDrift();
  }

  private void until(Instant instant) throws Exception {
    usage.go(Duration.between(shop.clock.instant(), instant));
  }

  /** Cents that Stripe asks for the second period: its base price first, usage when it is over. */
  private long asked() throws Exception {
    InvoiceListParams all = InvoiceListParams.builder().setCustomer(acme).build();
    return shop.client.v1().invoices().list(all).getData().stream()
        .flatMap(invoice -> invoice.getLines().getData().stream())
        .filter(line -> line.getPeriod().getStart() >= SECOND_PERIOD.getEpochSecond())
        .filter(line -> line.getPeriod().getStart() < THIRD_PERIOD.getEpochSecond())
        .mapToLong(InvoiceLineItem::getAmount)
        .sum();
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
