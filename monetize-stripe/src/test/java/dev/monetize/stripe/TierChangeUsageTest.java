// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.model.InvoiceLineItem;
import com.stripe.param.InvoiceCreatePreviewParams;
import dev.monetize.usage.ShipSchedule;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What was used before a change of tier is billed at the prices that end. */
final class TierChangeUsageTest extends MeteredCase {

  private static final ShipSchedule LATER = ShipSchedule.within(1000, Duration.ofHours(1));

  private void subscribeAndUse(ShipSchedule schedule) throws Exception {
    open(TestTiers.TEXT, schedule);
    billing.subscribe("acme", "pro");
    clock.advance(Duration.ofMinutes(3));
    record(60_000, "1");
    clock.advance(Duration.ofSeconds(1)); // Stripe counts in seconds
  }

  /** Cents of what the next invoice would have. */
  private List<Long> lines() throws Exception {
    InvoiceCreatePreviewParams next =
        InvoiceCreatePreviewParams.builder().setCustomer(billing.customer("acme")).build();
    return connection.client().v1().invoices().createPreview(next).getLines().getData().stream()
        .map(InvoiceLineItem::getAmount)
        .toList();
  }

  @Test
  void usedBefore_isAtStripe_whenTheTierChanges() throws Exception {
    subscribeAndUse(EACH);

    billing.changeTier("acme", "max");

    assertThat(sink.backlog().arrived()).isEqualTo(60_000);
    assertThat(lines()).contains(2_000L); // 10,000 past what pro includes, at $0.002
  }

  @Test
  void whileUseDoesNotArrive_nothingIsChanged() throws Exception {
    subscribeAndUse(LATER);
    UsageFlush flush = UsageFlush.of(sink, monetizer.shipper(), Duration.ofMillis(20));

    assertThatThrownBy(() -> flush.complete("acme"))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("use of customer \"acme\" did not arrive at Stripe within PT0.02S");
    assertThat(sink.backlog().arrived()).isZero();
  }
}
