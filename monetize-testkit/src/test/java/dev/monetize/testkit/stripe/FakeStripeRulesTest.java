// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.stripe.StripeClient;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

/** The one to test with keeps the rules. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FakeStripeRulesTest extends StripeRules {

  private final Shop shop = new Shop();

  @AfterAll
  void close() {
    shop.close();
  }

  @Override
  StripeClient client() {
    return shop.client;
  }

  @Override
  StripeClient client(String key) {
    return shop.client(key);
  }

  @Override
  Instant now() {
    return shop.clock.instant();
  }

  @Override
  void pause() throws InterruptedException {
    shop.later(Duration.ofSeconds(1));
  }
}
