// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import java.util.concurrent.CountDownLatch;

/**
 * A {@link FakeStripe} on its own, on the port that the environment names as {@code PORT} (12111
 * unless set).
 */
public final class FakeStripeMain {

  private FakeStripeMain() {}

  /** Runs until the process is ended. */
  public static void main(String[] args) throws InterruptedException {
    String port = System.getenv().getOrDefault("PORT", "12111");
    try (FakeStripe stripe = FakeStripe.builder().port(Integer.parseInt(port)).start()) {
      System.out.println("STRIPE_API_KEY=" + stripe.apiKey());
      System.out.println("STRIPE_API_BASE=" + stripe.apiBase());
      System.out.println("ready " + stripe.apiBase());
      new CountDownLatch(1).await();
    }
  }
}
