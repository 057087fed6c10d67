// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tries to have an invoice paid, and again after some days; then the subscription ends. */
final class Payments {

  /** After the first try. */
  static final List<Duration> RETRIES =
      List.of(Duration.ofDays(3), Duration.ofDays(5), Duration.ofDays(7));

  private final World world;
  private final Events events;
  private final PaymentMethods cards;
  private final SubscriptionStates states;

  Payments(World world, Events events, PaymentMethods cards, SubscriptionStates states) {
    this.world = world;
    this.events = events;
    this.cards = cards;
    this.states = states;
  }

  @Nullable ObjectNode subscription(ObjectNode invoice) {
    String id = Json.text(invoice.path("parent").path("subscription_details"), "subscription");
    return id == null ? null : world.store().find("subscription", id);
  }

  private ObjectNode customer(ObjectNode invoice) {
    return world.store().get("customer", Json.textOrEmpty(invoice, "customer"));
  }

  /** Whether there is a card at all. */
  boolean hasCard(ObjectNode customer, @Nullable ObjectNode subscription) {
    return cards.standard(customer, subscription) != null;
  }

  /** Whether a first invoice would be paid, were it tried. */
  boolean wouldPay(ObjectNode invoice, ObjectNode subscription) {
    ObjectNode customer = customer(invoice);
    return cards.pays(customer, cards.standard(customer, subscription));
  }

  /** Tries now; whether it was paid. */
  boolean attempt(ObjectNode invoice) {
    return attempt(invoice, cards.standard(customer(invoice), subscription(invoice)));
  }

  /** Tries now with a card; whether it was paid. */
  boolean attempt(ObjectNode invoice, @Nullable ObjectNode card) {
    invoice.put("attempted", true);
    invoice.put("attempt_count", invoice.path("attempt_count").asInt() + 1);
    boolean paid = cards.pays(customer(invoice), card);
    if (paid) {
      paid(invoice);
    } else {
      failed(invoice);
    }
    return paid;
  }

  /** It is paid, by a card, by hand, or because there is nothing to pay. */
  void paid(ObjectNode invoice) {
    invoice.put("status", "paid").put("amount_paid", invoice.path("amount_due").asLong());
    invoice.put("amount_remaining", 0).putNull("next_payment_attempt").put("auto_advance", false);
    invoice.withObjectProperty("status_transitions").put("paid_at", world.now(invoice));
    events.emit("invoice.paid", invoice);
    events.emit("invoice.payment_succeeded", invoice);
    ObjectNode subscription = subscription(invoice);
    if (subscription != null && SubscriptionStates.live(subscription)) {
      states.paid(subscription);
    }
  }

  private void failed(ObjectNode invoice) {
    int tries = invoice.path("attempt_count").asInt();
    ObjectNode subscription = subscription(invoice);
    boolean first = Json.textOrEmpty(invoice, "billing_reason").equals("subscription_create");
    boolean again = !first && tries <= RETRIES.size();
    if (again) {
      Instant next = Instant.ofEpochSecond(world.now(invoice)).plus(RETRIES.get(tries - 1));
      invoice.put("next_payment_attempt", next.getEpochSecond());
      world.agenda().at(World.clock(invoice), next, () -> retry(invoice, next.getEpochSecond()));
    } else {
      invoice.putNull("next_payment_attempt");
    }
    events.emit("invoice.payment_failed", invoice);
    if (subscription != null && SubscriptionStates.live(subscription) && !first) {
      if (again) {
        states.failed(subscription);
      } else {
        states.end(subscription, "canceled", "payment_failed");
      }
    }
  }

  private void retry(ObjectNode invoice, long planned) {
    if (invoice.path("next_payment_attempt").asLong() == planned
        && Json.textOrEmpty(invoice, "status").equals("open")) {
      attempt(invoice);
    }
  }
}
