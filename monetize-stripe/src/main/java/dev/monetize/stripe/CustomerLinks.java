// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.CustomerSearchParams;
import com.stripe.param.CustomerUpdateParams;
import dev.monetize.stripe.BillingEntry.Linked;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who our customers are at Stripe: written down here, and in the metadata of Stripe's customer, so
 * that each side finds the other. Thread-safe.
 */
final class CustomerLinks {

  private static final Logger log = LoggerFactory.getLogger(StripeBilling.class);

  /** The metadata that names ours. */
  static final String CUSTOMER = "monetize_customer";

  private final StripeClient stripe;
  private final StripeCalls calls;
  private final BillingBook book;

  CustomerLinks(StripeClient stripe, StripeCalls calls, BillingBook book) {
    this.stripe = stripe;
    this.calls = calls;
    this.book = book;
  }

  Optional<String> known(String customer) {
    return book.look(state -> state.stripeCustomer(customer));
  }

  /** Finds one at Stripe, or makes one: also where the one that was known is deleted there. */
  String findOrMake(String customer) throws StripeException, IOException {
    Optional<String> known = known(customer);
    if (known.isPresent() && isThere(known.get())) {
      return known.get();
    }
    Optional<String> found = search(customer);
    String id = found.isPresent() ? found.get() : make(customer, known.orElse(""));
    book.write(new Linked(customer, id));
    return id;
  }

  private boolean isThere(String stripeCustomer) throws StripeException {
    return !Boolean.TRUE.equals(stripe.v1().customers().retrieve(stripeCustomer).getDeleted());
  }

  /** What was made a moment ago is not found; that is what the key of its making is for. */
  private Optional<String> search(String customer) throws StripeException {
    CustomerSearchParams named =
        CustomerSearchParams.builder()
            .setQuery("metadata['" + CUSTOMER + "']:'" + customer + "'")
            .build();
    return stripe.v1().customers().search(named).getData().stream()
        .map(Customer::getId)
        .sorted()
        .findFirst();
  }

  private String make(String customer, String before) throws StripeException {
    CustomerCreateParams params =
        CustomerCreateParams.builder().putMetadata(CUSTOMER, customer).build();
    return calls
        .once(
            "customer",
            customer + "\n" + before,
            options -> stripe.v1().customers().create(params, options))
        .getId();
  }

  void describe(String stripeCustomer, String name, String email) throws StripeException {
    CustomerUpdateParams params =
        CustomerUpdateParams.builder().setName(name).setEmail(email).build();
    calls.freely(options -> stripe.v1().customers().update(stripeCustomer, params, options));
  }

  void link(String customer, String stripeCustomer) throws StripeException, IOException {
    Optional<String> other = book.look(state -> state.customer(stripeCustomer));
    if (other.isPresent() && !other.get().equals(customer)) {
      throw new IllegalArgumentException(
          stripeCustomer + " is customer \"" + other.get() + "\" already");
    }
    CustomerUpdateParams params =
        CustomerUpdateParams.builder().putMetadata(CUSTOMER, customer).build();
    calls.freely(options -> stripe.v1().customers().update(stripeCustomer, params, options));
    book.write(new Linked(customer, stripeCustomer));
  }

  /**
   * Whose customer this is; empty if it is not of ours.
   *
   * @throws IllegalStateException if it says it is one of ours who is another one here
   */
  Optional<String> owner(String stripeCustomer) throws StripeException, IOException {
    Optional<String> known = book.look(state -> state.customer(stripeCustomer));
    if (known.isPresent()) {
      return known;
    }
    Customer found = stripe.v1().customers().retrieve(stripeCustomer);
    String customer = found.getMetadata() == null ? null : found.getMetadata().get(CUSTOMER);
    if (customer == null || Boolean.TRUE.equals(found.getDeleted())) {
      log.debug("{} is no customer of ours", stripeCustomer);
      return Optional.empty();
    }
    Optional<String> other = known(customer);
    if (other.isPresent()) {
      throw new IllegalStateException(
          "customer \"%s\" is %s at Stripe, but %s says in its metadata that it is \"%s\" too: take it away there, or link(…) the right one"
              .formatted(customer, other.get(), stripeCustomer, customer));
    }
    book.write(new Linked(customer, stripeCustomer));
    return Optional.of(customer);
  }
}
