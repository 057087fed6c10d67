// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import dev.monetize.Accounts;
import dev.monetize.identity.Subscription;
import dev.monetize.stripe.BillingRules.Standing;
import dev.monetize.stripe.SubscriptionReader.Found;
import dev.monetize.tier.TierCatalog;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks Stripe what a customer has, and gives it that here. Thread-safe. */
final class CustomerLook {

  private static final Logger log = LoggerFactory.getLogger(StripeBilling.class);
  private static final int NOT_FOUND = 404;

  private final SubscriptionReader reader;
  private final BillingRules rules;
  private final Accounts accounts;
  private final OwnValues own;
  private final Supplier<TierCatalog> tiers;
  private final InstantSource clock;

  CustomerLook(
      SubscriptionReader reader,
      BillingRules rules,
      Accounts accounts,
      BillingBook book,
      Supplier<TierCatalog> tiers,
      InstantSource clock) {
    this.reader = reader;
    this.rules = rules;
    this.accounts = accounts;
    this.own = new OwnValues(accounts, book);
    this.tiers = tiers;
    this.clock = clock;
  }

  /**
   * Asks, and does what follows; again, that changes nothing.
   *
   * @param before what was known of it
   */
  CustomerBilling at(String customer, String stripeCustomer, Optional<CustomerBilling> before)
      throws StripeException, IOException {
    TierCatalog catalog = tiers.get();
    Instant now = clock.instant();
    List<SubscriptionSeen> all = seen(stripeCustomer, catalog);
    if (all.stream().filter(SubscriptionSeen::isPaid).count() > 1) {
      log.warn(
          "customer \"{}\" ({}) pays for several subscriptions at once: {}",
          customer,
          stripeCustomer,
          all);
    }
    Optional<Standing> standing = rules.standing(all, catalog, now);
    if (standing.isEmpty()) {
      return left(customer, stripeCustomer, before, catalog, now);
    }
    return given(customer, stripeCustomer, standing.get(), now);
  }

  private List<SubscriptionSeen> seen(String stripeCustomer, TierCatalog catalog)
      throws StripeException {
    try {
      return reader.of(stripeCustomer, catalog).stream().map(Found::seen).toList();
    } catch (InvalidRequestException e) {
      if (Integer.valueOf(NOT_FOUND).equals(e.getStatusCode())
          || "resource_missing".equals(e.getCode())) {
        return List.of(); // the customer was deleted, with all it had
      }
      throw e;
    }
  }

  /** Who never subscribed at Stripe is left as it is; who did, and is gone there, is not. */
  private CustomerBilling left(
      String customer,
      String stripeCustomer,
      Optional<CustomerBilling> before,
      TierCatalog catalog,
      Instant now)
      throws IOException {
    CustomerBilling none = CustomerBilling.none(customer, stripeCustomer, now);
    Optional<String> paidFor = before.flatMap(CustomerBilling::paidFor);
    if (paidFor.isEmpty()) {
      return none;
    }
    String tier = rules.after(paidFor.get(), catalog);
    own.end(customer, tier, Optional.empty(), null);
    log.info("customer \"{}\" is gone at Stripe, and has tier \"{}\"", customer, tier);
    return CustomerBilling.gone(none, paidFor.get(), tier);
  }

  private CustomerBilling given(
      String customer, String stripeCustomer, Standing standing, Instant now) throws IOException {
    SubscriptionSeen decisive = standing.decisive();
    Optional<Subscription> before = accounts.subscription(customer);
    Subscription after = given(customer, standing);
    if (!before.map(Subscription::inForce).equals(Optional.of(after.inForce()))) {
      log.info(
          "customer \"{}\" has tier \"{}\" now: its subscription {} to \"{}\" is {}",
          customer,
          after.inForce(),
          decisive.id(),
          decisive.tier(),
          decisive.status());
    }
    return new CustomerBilling(
        customer,
        stripeCustomer,
        Optional.of(decisive.id()),
        decisive.status(),
        Optional.of(decisive.tier()),
        Optional.of(standing.tier()),
        Optional.of(decisive.periodStart()),
        Optional.of(decisive.periodEnd()),
        decisive.endsAt(),
        standing.graceUntil(),
        now);
  }

  /** Of what is owed Stripe goes on to make invoices; of what has ended it does not. */
  private Subscription given(String customer, Standing standing) throws IOException {
    SubscriptionSeen decisive = standing.decisive();
    boolean paid = standing.tier().equals(decisive.tier());
    if (paid || decisive.isOwed()) {
      String fallback = paid ? null : standing.tier();
      return own.give(customer, decisive.tier(), fallback, decisive.anchor(), decisive.id());
    }
    return own.end(customer, standing.tier(), Optional.of(decisive.anchor()), decisive.id());
  }
}
