// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.exception.StripeException;
import dev.monetize.stripe.BillingEntry.Failed;
import dev.monetize.stripe.BillingEntry.Handled;
import dev.monetize.stripe.BillingEntry.Looked;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deals with events: whomever they concern, Stripe is asked what it has now, and all that came of
 * it before that is done with. Thread-safe.
 */
final class Inbox {

  private static final Logger log = LoggerFactory.getLogger(StripeBilling.class);

  private final BillingBook book;
  private final CustomerLinks links;
  private final CustomerLook look;
  private final MeterReports reports;
  private final InstantSource clock;
  private final Turns turns = new Turns();
  private final Retries retries = new Retries();

  Inbox(
      BillingBook book,
      CustomerLinks links,
      CustomerLook look,
      MeterReports reports,
      InstantSource clock) {
    this.book = book;
    this.links = links;
    this.look = look;
    this.reports = reports;
    this.clock = clock;
  }

  /**
   * Does what is due, one thing of it.
   *
   * @return whether there was any
   * @throws IOException if it could not be written down: it is due again
   */
  boolean step() throws IOException {
    Instant now = clock.instant();
    String subject = book.look(state -> take(state, now));
    if (subject == null) {
      return false;
    }
    try {
      handle(subject);
      retries.succeeded(subject);
    } catch (StripeException | RuntimeException e) {
      failed(subject, e, now);
    } finally {
      turns.give(subject);
    }
    return true;
  }

  private @Nullable String take(BillingState state, Instant now) {
    for (InboxEvent event : state.pending().values()) {
      if (retries.mayGo(event.subject(), now) && turns.tryTake(event.subject())) {
        return event.subject();
      }
    }
    for (CustomerBilling billing : state.toBeAsked(now)) {
      String subject = billing.stripeCustomer();
      if (retries.mayGo(subject, now) && turns.tryTake(subject)) {
        return subject;
      }
    }
    return null;
  }

  private void failed(String subject, Exception e, Instant now) {
    String reason = String.valueOf(e.getMessage());
    if (retries.failed(subject, reason, now)) {
      log.error("what Stripe has of {} could not be taken over; it is tried again", subject, e);
    }
  }

  private void handle(String subject) throws StripeException, IOException {
    long last = book.look(BillingState::last);
    Optional<InboxEvent> report =
        book.look(
            state ->
                state.pending().values().stream()
                    .filter(event -> event.subject().equals(subject) && event.isMeterReport())
                    .findFirst());
    List<BillingEntry> learnt = new ArrayList<>();
    if (report.isPresent()) {
      reports.fetch(report.get()).forEach(error -> learnt.add(new Failed(error)));
    } else {
      Optional<String> customer = links.owner(subject);
      if (customer.isPresent()) {
        learnt.add(new Looked(lookAt(customer.get(), subject)));
      }
    }
    learnt.add(new Handled(subject, last));
    book.write(learnt.toArray(new BillingEntry[0]));
  }

  private CustomerBilling lookAt(String customer, String stripeCustomer)
      throws StripeException, IOException {
    return look.at(customer, stripeCustomer, book.look(state -> state.billing(customer)));
  }

  /** Asks about a customer now. */
  CustomerBilling refresh(String customer, String stripeCustomer)
      throws StripeException, IOException, InterruptedException {
    turns.take(stripeCustomer);
    try {
      long last = book.look(BillingState::last);
      CustomerBilling seen = lookAt(customer, stripeCustomer);
      book.write(new Looked(seen), new Handled(stripeCustomer, last));
      retries.succeeded(stripeCustomer);
      return seen;
    } finally {
      turns.give(stripeCustomer);
    }
  }

  List<InboxStatus.Failure> failing() {
    return retries.shown();
  }
}
