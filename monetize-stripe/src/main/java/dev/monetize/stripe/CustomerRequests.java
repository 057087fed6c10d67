// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import dev.monetize.tier.Tier;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;

/**
 * What an app asks for a customer: it is found at Stripe, what is asked for is done there, and then
 * the customer is given what Stripe has. Thread-safe.
 */
final class CustomerRequests {

  private final BillingSettings settings;
  private final BillingService service;
  private final CustomerLinks links;
  private final SubscriptionRequests subscriptions;
  private final HostedPages pages;

  CustomerRequests(
      BillingSettings settings,
      BillingService service,
      StripeCalls calls,
      CustomerLinks links,
      SubscriptionReader reader) {
    StripeClient stripe = settings.stripe();
    this.settings = settings;
    this.service = service;
    this.links = links;
    this.subscriptions =
        new SubscriptionRequests(
            stripe, calls, reader, new TierPrices(stripe, settings.keys()), service::tiers);
    this.pages = new HostedPages(stripe, calls);
  }

  /** Who a customer is at Stripe; empty if it never was there. */
  Optional<String> stripeCustomer(String customer) {
    Optional<String> known = links.known(customer);
    return known.isPresent() ? known : bySubscription(customer);
  }

  private Optional<String> bySubscription(String customer) {
    Optional<String> id =
        service
            .accounts()
            .subscription(customer)
            .flatMap(subscription -> Optional.ofNullable(subscription.providerId()))
            .filter(provider -> provider.startsWith("sub_"));
    if (id.isEmpty()) {
      return Optional.empty();
    }
    try {
      String stripeCustomer =
          settings.stripe().v1().subscriptions().retrieve(id.get()).getCustomer();
      settings.book().write(new BillingEntry.Linked(customer, stripeCustomer));
      service.refresh(customer, stripeCustomer);
      return Optional.of(stripeCustomer);
    } catch (StripeException | IOException e) {
      throw new IllegalStateException(
          "Stripe did not tell whose subscription " + id.get() + " is", e);
    }
  }

  private String known(String customer) {
    return stripeCustomer(customer)
        .orElseThrow(
            () -> new IllegalStateException("customer \"" + customer + "\" is not at Stripe"));
  }

  CustomerBilling refresh(String customer) throws StripeException, IOException {
    return service.refresh(customer, known(customer));
  }

  CustomerBilling link(String customer, String stripeCustomer) throws StripeException, IOException {
    links.link(customer, stripeCustomer);
    return service.refresh(customer, stripeCustomer);
  }

  CustomerBilling subscribe(String customer, String tier, int trialDays)
      throws StripeException, IOException {
    SubscriptionRequests.requireTrial(trialDays);
    Tier wanted = subscriptions.tier(tier);
    String stripeCustomer = links.findOrMake(customer);
    subscriptions.subscribe(customer, stripeCustomer, wanted, trialDays);
    return service.refresh(customer, stripeCustomer);
  }

  CustomerBilling changeTier(String customer, String tier) throws StripeException, IOException {
    Tier wanted = subscriptions.tier(tier);
    String stripeCustomer = known(customer);
    service.flush(customer);
    subscriptions.changeTier(customer, stripeCustomer, wanted);
    return service.refresh(customer, stripeCustomer);
  }

  /** Has a subscription end with its period, or not. */
  CustomerBilling cancelAtPeriodEnd(String customer, boolean ends)
      throws StripeException, IOException {
    String stripeCustomer = known(customer);
    subscriptions.cancelAtPeriodEnd(customer, stripeCustomer, ends);
    return service.refresh(customer, stripeCustomer);
  }

  URI checkoutLink(String customer, String tier, CheckoutPage page)
      throws StripeException, IOException {
    Tier wanted = subscriptions.tier(tier);
    String stripeCustomer = links.findOrMake(customer);
    String before = subscriptions.requireNone(customer, stripeCustomer);
    return pages.checkout(
        customer,
        stripeCustomer,
        subscriptions.onOnePage(wanted),
        page,
        before,
        settings.clock().instant());
  }

  URI portalLink(String customer, URI back) throws StripeException {
    return pages.portal(known(customer), back);
  }
}
