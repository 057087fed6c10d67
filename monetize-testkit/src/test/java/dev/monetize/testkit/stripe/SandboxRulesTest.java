// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.stripe.Stripe;
import com.stripe.StripeClient;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * The real Stripe has the rules: runs where {@code STRIPE_SANDBOX_KEY} holds the secret key of a
 * sandbox, in which it leaves customers, prices and inactive meters.
 */
@EnabledIfEnvironmentVariable(named = "STRIPE_SANDBOX_KEY", matches = "(sk|rk)_test_.+")
class SandboxRulesTest extends StripeRules {

  @Override
  StripeClient client() {
    return client(System.getenv("STRIPE_SANDBOX_KEY"));
  }

  @Override
  StripeClient client(String key) {
    Stripe.enableTelemetry = false;
    return StripeClient.builder().setApiKey(key).setMaxNetworkRetries(3).build();
  }

  @Override
  Instant now() {
    return Instant.now();
  }

  @Override
  void pause() throws InterruptedException {
    new CountDownLatch(1).await(1, TimeUnit.SECONDS);
  }
}
