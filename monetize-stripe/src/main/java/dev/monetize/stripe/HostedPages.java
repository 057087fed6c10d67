// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.Price;
import com.stripe.param.checkout.SessionCreateParams;
import com.stripe.param.checkout.SessionCreateParams.LineItem;
import com.stripe.param.checkout.SessionCreateParams.SubscriptionData;
import java.net.URI;
import java.time.Instant;
import java.util.List;

/** Links to Stripe's own pages. Thread-safe. */
final class HostedPages {

  private final StripeClient stripe;
  private final StripeCalls calls;

  HostedPages(StripeClient stripe, StripeCalls calls) {
    this.stripe = stripe;
    this.calls = calls;
  }

  /**
   * A page where a customer subscribes.
   *
   * @param before what there was before; the same link is given within an hour
   */
  URI checkout(
      String customer,
      String stripeCustomer,
      List<Price> prices,
      CheckoutPage page,
      String before,
      Instant now)
      throws StripeException {
    SubscriptionData.Builder data =
        SubscriptionData.builder()
            .setBillingMode(
                SubscriptionData.BillingMode.builder()
                    .setType(SubscriptionData.BillingMode.Type.FLEXIBLE)
                    .build())
            .putMetadata(CustomerLinks.CUSTOMER, customer);
    if (page.trialDays() > 0) {
      data.setTrialPeriodDays((long) page.trialDays());
    }
    SessionCreateParams.Builder params =
        SessionCreateParams.builder()
            .setMode(SessionCreateParams.Mode.SUBSCRIPTION)
            .setCustomer(stripeCustomer)
            .setClientReferenceId(customer)
            .setSuccessUrl(page.success().toString())
            .setCancelUrl(page.cancel().toString())
            .setSubscriptionData(data.build());
    for (Price price : prices) {
      LineItem.Builder item = LineItem.builder().setPrice(price.getId());
      params.addLineItem(TierPrices.isMetered(price) ? item.build() : item.setQuantity(1L).build());
    }
    String which =
        String.join(
            "\n",
            stripeCustomer,
            String.join(" ", prices.stream().map(Price::getId).toList()),
            page.toString(),
            before,
            Long.toString(Math.floorDiv(now.getEpochSecond(), 3600L)));
    return URI.create(
        calls
            .once(
                "checkout",
                which,
                options -> stripe.v1().checkout().sessions().create(params.build(), options))
            .getUrl());
  }

  /** A page where a customer sees invoices, and changes how it pays. Each link is a new one. */
  URI portal(String stripeCustomer, URI back) throws StripeException {
    com.stripe.param.billingportal.SessionCreateParams params =
        com.stripe.param.billingportal.SessionCreateParams.builder()
            .setCustomer(stripeCustomer)
            .setReturnUrl(back.toString())
            .build();
    return URI.create(
        calls
            .freely(options -> stripe.v1().billingPortal().sessions().create(params, options))
            .getUrl());
  }
}
