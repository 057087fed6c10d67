// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.model.InvoiceLineItem;
import com.stripe.param.InvoiceListParams;
import dev.monetize.InvoicePreview;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Within a period a customer does not pay, has its fallback, and pays after all. */
final class FallbackInvoiceTest {

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

  private void until(Instant instant) throws Exception {
    usage.go(Duration.between(shop.clock.instant(), instant));
  }

  @Test
  void invoice_isThatOfThePreview_andNoDrift() throws Exception {
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

    InvoicePreview preview = shop.monetizer.invoicePreview("acme", SECOND_PERIOD);
    assertThat(preview.total().minorUnits()).as("49 and 20,000 calls").isEqualTo(4900 + 4000);
    assertThat(asked()).isEqualTo(4900 + 4000);
    StripeReconciler reconciler =
        new StripeReconciler(usage.sink, shop.monetizer::units)
            .withInvoices(shop.connection, shop.monetizer::invoicePreview);
    for (int i = 0; i < 3; i++) {
      Instant now = shop.clock.instant();
      ReconcileReport report =
          reconciler.check(List.of("acme"), Shop.START.minusSeconds(3600), now);
      assertThat(report.text()).doesNotContain("DRIFT");
      usage.go(Duration.ofMinutes(30));
    }
    assertThat(reconciler.drifted()).isZero();
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
}
