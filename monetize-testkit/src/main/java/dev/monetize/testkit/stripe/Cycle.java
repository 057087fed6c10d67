// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The periods of a subscription: what is licensed is invoiced when a period begins, what is metered
 * when it has ended.
 */
final class Cycle {

  private static final Duration INCOMPLETE = Duration.ofHours(23);
  private static final Duration TRIAL_NOTICE = Duration.ofDays(3);

  private final World world;
  private final Events events;
  private final Invoicing invoicing;
  private final Lines lines;
  private final SubscriptionStates states;

  Cycle(World world, Events events, Invoicing invoicing, Lines lines, SubscriptionStates states) {
    this.world = world;
    this.events = events;
    this.invoicing = invoicing;
    this.lines = lines;
    this.states = states;
  }

  private ObjectNode customer(ObjectNode subscription) {
    return world.store().get("customer", Json.textOrEmpty(subscription, "customer"));
  }

  /** Has what comes next come. */
  void schedule(ObjectNode subscription) {
    String clock = World.clock(subscription);
    scheduleEnd(subscription);
    if (SubscriptionStates.status(subscription).equals("incomplete")) {
      Instant expires = Instant.ofEpochSecond(world.now(subscription)).plus(INCOMPLETE);
      world.agenda().at(clock, expires, () -> expire(subscription));
    }
    if (SubscriptionStates.status(subscription).equals("trialing")) {
      long end = subscription.path("trial_end").asLong();
      Instant notice = Instant.ofEpochSecond(end).minus(TRIAL_NOTICE);
      world.agenda().at(clock, notice, () -> notice(subscription, end));
    }
  }

  /** Has those of its items renewed whose periods end first. */
  void scheduleEnd(ObjectNode subscription) {
    long end = Items.present(subscription).end();
    Instant at = Instant.ofEpochSecond(end);
    world.agenda().at(World.clock(subscription), at, () -> ended(subscription, end));
  }

  /** Has a subscription end at a time of its own. */
  void scheduleCancel(ObjectNode subscription) {
    long at = subscription.path("cancel_at").asLong();
    world
        .agenda()
        .at(
            World.clock(subscription),
            Instant.ofEpochSecond(at),
            () -> {
              boolean still = subscription.path("cancel_at").asLong() == at;
              if (still && SubscriptionStates.live(subscription)) {
                finish(subscription, at);
              }
            });
  }

  private void notice(ObjectNode subscription, long end) {
    boolean trialing = SubscriptionStates.status(subscription).equals("trialing");
    if (trialing && subscription.path("trial_end").asLong() == end) {
      events.emit("customer.subscription.trial_will_end", subscription);
    }
  }

  private void expire(ObjectNode subscription) {
    if (SubscriptionStates.status(subscription).equals("incomplete")) {
      ObjectNode invoice =
          world.store().find("invoice", Json.textOrEmpty(subscription, "latest_invoice"));
      if (invoice != null && Json.textOrEmpty(invoice, "status").equals("open")) {
        invoice.put("status", "void");
        events.emit("invoice.voided", invoice);
      }
      states.end(subscription, "incomplete_expired", "payment_failed");
    }
  }

  private void ended(ObjectNode subscription, long end) {
    boolean current = Items.present(subscription).end() == end;
    String status = SubscriptionStates.status(subscription);
    if (!current || !SubscriptionStates.live(subscription) || status.equals("incomplete")) {
      return;
    }
    if (isLast(subscription, end) || unpaidTrial(subscription)) {
      finish(subscription, end);
    } else {
      renew(subscription, ending(subscription, end), end, world.settings().draftFor());
    }
  }

  /** Whether nothing comes after the end of a period. */
  static boolean isLast(ObjectNode subscription, long end) {
    boolean known = Json.has(subscription, "cancel_at");
    return subscription.path("cancel_at_period_end").asBoolean()
        || (known && subscription.path("cancel_at").asLong() <= end);
  }

  /** Items whose periods end by then. */
  static List<ObjectNode> ending(ObjectNode subscription, long end) {
    return Items.of(subscription).stream().filter(item -> Items.period(item).end() <= end).toList();
  }

  /** Whether a trial ends for want of a card, where that was said. */
  private boolean unpaidTrial(ObjectNode subscription) {
    JsonNode end = subscription.path("trial_settings").path("end_behavior");
    return SubscriptionStates.status(subscription).equals("trialing")
        && Json.textOrEmpty(end, "missing_payment_method").equals("cancel")
        && !invoicing.hasCard(customer(subscription), subscription);
  }

  /** The last invoice, final at once: no usage is taken after it. */
  private void finish(ObjectNode subscription, long end) {
    ObjectNode invoice = closing(subscription, end);
    invoicing.issue(invoice, Duration.ZERO);
    subscription.put("latest_invoice", invoice.path("id").asText());
    states.end(subscription, "canceled", "cancellation_requested");
  }

  /** An invoice of all usage until a subscription ends, and of what waits. */
  ObjectNode closing(ObjectNode subscription, long end) {
    return closing(subscription, Items.of(subscription), end);
  }

  private ObjectNode closing(ObjectNode subscription, List<ObjectNode> items, long end) {
    ObjectNode invoice = arrears(subscription, items, end);
    invoicing.sweep(invoice);
    return invoice;
  }

  /** The next invoice as it would be, where what waits goes on waiting. */
  ObjectNode peek(ObjectNode subscription, long end) {
    boolean last = isLast(subscription, end);
    List<ObjectNode> items = last ? Items.of(subscription) : ending(subscription, end);
    ObjectNode invoice = arrears(subscription, items, end);
    for (ObjectNode item : invoicing.pending(invoice)) {
      invoicing.add(invoice, List.of(lines.of(item)));
    }
    return invoice;
  }

  private ObjectNode arrears(ObjectNode subscription, List<ObjectNode> items, long end) {
    long start = Items.present(subscription).start();
    ObjectNode invoice =
        invoicing.draft(
            customer(subscription), subscription, "subscription_cycle", new Span(start, end));
    boolean trial = SubscriptionStates.status(subscription).equals("trialing");
    for (ObjectNode item : items) {
      if (!trial && Items.metered(item.path("price"))) {
        Span period = new Span(Items.period(item).start(), end);
        invoicing.arrears(invoice, item, Items.counted(item, period));
      }
    }
    return invoice;
  }

  /** The next periods of items begin; the invoice of both stays a draft for a while. */
  private ObjectNode renew(
      ObjectNode subscription, List<ObjectNode> items, long end, Duration draftFor) {
    ObjectNode before = subscription.deepCopy();
    ObjectNode invoice = closing(subscription, items, end);
    advance(invoice, subscription, items, end);
    if (SubscriptionStates.status(subscription).equals("trialing")) {
      subscription.put("status", "active");
    }
    invoice.put("auto_advance", !Json.has(subscription, "pause_collection"));
    subscription.put("latest_invoice", invoice.path("id").asText());
    states.changed(before, subscription);
    schedule(subscription);
    return invoicing.issue(invoice, draftFor);
  }

  /** Has items go on to the periods after, and puts what is paid ahead on an invoice. */
  void advance(ObjectNode invoice, ObjectNode subscription, List<ObjectNode> items, long end) {
    long anchor = subscription.path("billing_cycle_anchor").asLong();
    for (ObjectNode item : items) {
      Span next = new Span(end, Periods.after(anchor, Items.recurring(item), end));
      Items.period(item, next);
      if (!Items.metered(item.path("price"))) {
        BigDecimal quantity = BigDecimal.valueOf(item.path("quantity").asLong(1));
        invoicing.add(invoice, lines.of(item, item.path("price"), quantity, next));
      }
    }
  }

  /** All periods end now, out of turn, and the next ones begin. */
  ObjectNode restart(ObjectNode subscription) {
    long now = world.now(subscription);
    subscription.put("billing_cycle_anchor", now);
    return renew(subscription, Items.of(subscription), now, Duration.ZERO);
  }

  /** An invoice of what waits, at once. */
  ObjectNode invoiceNow(ObjectNode subscription, String reason) {
    Span period = Items.present(subscription);
    ObjectNode invoice = invoicing.draft(customer(subscription), subscription, reason, period);
    invoicing.sweep(invoice);
    subscription.put("latest_invoice", invoice.path("id").asText());
    return invoicing.issue(invoice, Duration.ZERO);
  }

  /** Usage so far of an item that goes, as lines; none while the trial lasts. */
  List<ObjectNode> usedSoFar(ObjectNode subscription, ObjectNode item, long now) {
    JsonNode price = item.path("price");
    if (!Items.metered(price) || SubscriptionStates.status(subscription).equals("trialing")) {
      return List.of();
    }
    Span span = Items.counted(item, new Span(Items.period(item).start(), now));
    String customer = Json.textOrEmpty(subscription, "customer");
    return new ArrayList<>(lines.of(item, price, invoicing.used(price, customer, span), span));
  }
}
