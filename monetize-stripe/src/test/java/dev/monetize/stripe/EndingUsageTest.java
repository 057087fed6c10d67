// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.model.InvoiceLineItem;
import com.stripe.param.InvoiceListParams;
import dev.monetize.stripe.UsageComparison.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A subscription ends, and with it the last chance to bill. */
final class EndingUsageTest {

  private static final Instant END = Instant.parse("2026-04-10T12:34:56Z");
  private static final Duration SECOND = Duration.ofSeconds(1);

  @TempDir private Path data;
  private Shop shop;
  private ShopUsage usage;
  private String acme;

  @BeforeEach
  void open() throws Exception {
    shop = new Shop(data);
    acme = shop.customer("acme");
    shop.billing.subscribe("acme", "pro");
    shop.billing.cancelAtPeriodEnd("acme");
    shop.billing = shop.open(shop.journal, with -> with);
    usage = new ShopUsage(shop);
    shop.servlet = new StripeWebhookServlet(shop.billing, Shop.SECRET);
    shop.billing.start(shop.monetizer, usage.sink);
  }

  @AfterEach
  void close() {
    usage.close();
    shop.close();
  }

  private void work() throws IOException, InterruptedException {
    shop.work();
    usage.send();
  }

  @Test
  void use_untilSecondsBeforeTheEnd_isOnTheLastInvoice() throws Exception {
    shop.later(Duration.between(shop.clock.instant(), END.minusSeconds(400)));
    long calls = 0;
    while (shop.clock.instant().isBefore(END)) {
      usage.use(1);
      calls++;
      work();
      shop.later(SECOND);
    }
    shop.later(Duration.ofHours(3));

    assertThat(calls).isEqualTo(400);
    assertThat(billed()).as("those of the last two seconds are not").isEqualTo(398);
    shop.deliverAll();
    StripeReconciler reconciler =
        new StripeReconciler(usage.sink, shop.monetizer::units)
            .withInvoices(shop.connection, shop.monetizer::invoicePreview);
    check(reconciler);
    shop.later(Duration.ofMinutes(20));
    assertThat(check(reconciler).invoices(Verdict.DRIFT))
        .extracting(line -> line.units().difference().intValueExact())
        .as("and that is told")
        .containsExactly(-2);
  }

  private ReconcileReport check(StripeReconciler reconciler) {
    return reconciler.check(List.of("acme"), Shop.START, END.plus(Duration.ofHours(2)));
  }

  @Test
  void withoutUse_stripeIsNotCalled() throws Exception {
    shop.later(Duration.between(shop.clock.instant(), END.minusSeconds(400)));
    usage.use(1);
    while (shop.clock.instant().isBefore(END)) {
      work();
      shop.later(SECOND);
    }
    assertThat(shop.stripe.calls("POST", "/v1/billing/meter_events")).isEqualTo(1);
    assertThat(usage.sink.backlog().open()).isZero();
  }

  /** Units of metered use on the last invoice. */
  private long billed() throws Exception {
    InvoiceListParams ofAcme = InvoiceListParams.builder().setCustomer(acme).build();
    return shop.client.v1().invoices().list(ofAcme).getData().get(0).getLines().getData().stream()
        .mapToLong(InvoiceLineItem::getQuantity)
        .sum();
  }
}
