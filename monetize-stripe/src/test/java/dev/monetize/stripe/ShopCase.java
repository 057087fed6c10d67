// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.exception.StripeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A shop, and its customer acme, who can pay at Stripe. */
abstract class ShopCase {

  static final Duration HOUR = Duration.ofHours(1);

  /** Of the first period of who subscribes at once. */
  static final Instant END = Instant.parse("2026-04-10T12:34:56Z");

  @TempDir private Path data;
  Shop shop;

  /** At Stripe. */
  String acme;

  @BeforeEach
  void openShop() throws StripeException, IOException {
    shop = new Shop(data);
    acme = shop.customer("acme");
  }

  @AfterEach
  void closeShop() {
    shop.close();
  }

  /** Time goes by, and what happens at Stripe is dealt with. */
  void until(Instant instant) throws Exception {
    shop.later(Duration.between(shop.clock.instant(), instant));
    shop.deliverAll();
  }
}
