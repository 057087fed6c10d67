// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.InvoicePreview;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trial costs nothing here either, and what was used in it is missed by nobody. */
class TrialTest {

  private static final Duration DAY = Duration.ofDays(1);
  private static final Instant TRIAL_END = Shop.START.plus(Duration.ofDays(14));

  @TempDir private Path directory;

  @Test
  void useInATrial_isOnNoInvoice_andNoDrift() throws Exception {
    try (Shop shop = new Shop(directory);
        ShopUsage usage = new ShopUsage(shop)) {
      shop.customer("acme");
      shop.billing.subscribe("acme", "pro", 14);
      usage.go(DAY);
      usage.use(60_000);
      assertThat(preview(shop).text()).contains("pro, nothing is due before " + TRIAL_END);
      assertThat(preview(shop).total().isZero()).isTrue();

      usage.go(DAY.multipliedBy(16));
      usage.use(50_010); // ten past what is included: 2 cents
      InvoicePreview after = preview(shop);
      assertThat(after.start()).isEqualTo(TRIAL_END);
      assertThat(after.total().minorUnits()).isEqualTo(4902);

      usage.go(Duration.ofHours(3));
      usage.hasNoDrift();
    }
  }

  private static InvoicePreview preview(Shop shop) throws Exception {
    return shop.monetizer.invoicePreview("acme", shop.clock.instant());
  }
}
