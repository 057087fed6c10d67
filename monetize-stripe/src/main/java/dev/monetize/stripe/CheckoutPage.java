// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.net.URI;
import java.util.Objects;

/**
 * What Stripe's page is to know where a customer subscribes.
 *
 * @param success where the customer goes on who subscribed
 * @param cancel where the customer goes back to who did not
 * @param trialDays days that cost nothing, 0 to 730
 */
public record CheckoutPage(URI success, URI cancel, int trialDays) {

  public CheckoutPage {
    Objects.requireNonNull(success, "success");
    Objects.requireNonNull(cancel, "cancel");
    SubscriptionRequests.requireTrial(trialDays);
  }

  /** One without a trial. */
  public CheckoutPage(URI success, URI cancel) {
    this(success, cancel, 0);
  }
}
