// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Changes to a subscription within its period. */
final class SubscriptionChanges {

  static final String BEHAVIOR =
      "proration_behavior=always_invoice|create_prorations|none proration_date:int"
          + " payment_behavior off_session:bool";

  private static final Shape ITEM = Items.NEW.copy().and("id deleted:bool clear_usage:bool");
  private static final Shape UPDATE =
      Shape.of("cancel_at:end cancel_at_period_end:bool cancellation_details:any description")
          .and("billing_cycle_anchor=now|unchanged collection_method days_until_due:int")
          .and("default_payment_method metadata:hash")
          .and("trial_end=now trial_from_plan:bool automatic_tax:any payment_settings:any")
          .with("pause_collection", Shape.of("!behavior=keep_as_draft"))
          .with("trial_settings", Subscriptions.TRIAL)
          .and(BEHAVIOR)
          .list("items", ITEM);

  private final World world;
  private final Items items;
  private final Cycle cycle;
  private final Prorations prorations;
  private final InvoiceItems pending;
  private final SubscriptionStates states;
  private final Cancellations cancellations;

  SubscriptionChanges(
      World world,
      Items items,
      Cycle cycle,
      Lines lines,
      InvoiceItems pending,
      SubscriptionStates states) {
    this.world = world;
    this.items = items;
    this.cycle = cycle;
    this.prorations = new Prorations(world, lines);
    this.pending = pending;
    this.states = states;
    this.cancellations = new Cancellations(world, cycle);
  }

  /** Changes items, with what follows from it. */
  void change(ObjectNode subscription, ObjectNode params, List<ObjectNode> wanted) {
    ObjectNode before = subscription.deepCopy();
    List<ObjectNode> due = applied(subscription, wanted, at(subscription, params));
    settle(subscription, due, params);
    states.changed(before, subscription);
  }

  /** What is refused changes nothing. */
  private List<ObjectNode> applied(ObjectNode subscription, List<ObjectNode> wanted, long at) {
    apply(subscription.deepCopy(), wanted, at);
    long end = Items.present(subscription).end();
    List<ObjectNode> due = apply(subscription, wanted, at);
    if (Items.present(subscription).end() != end) {
      cycle.scheduleEnd(subscription);
    }
    return due;
  }

  private long at(ObjectNode subscription, ObjectNode params) {
    return params.path("proration_date").asLong(world.now(subscription));
  }

  JsonNode update(ObjectNode subscription, Request raw) {
    ObjectNode params = raw.as(UPDATE).params();
    if (!SubscriptionStates.live(subscription)) {
      throw StripeError.refused(
          "resource_missing",
          "id",
          "A canceled subscription can only update its cancellation_details and metadata.");
    }
    ObjectNode before = subscription.deepCopy();
    List<ObjectNode> wanted = Json.objects(params.path("items"));
    boolean newInterval = !Items.flexible(subscription) && intervals(subscription, wanted);
    List<ObjectNode> due = applied(subscription, wanted, at(subscription, params));
    plain(subscription, params);
    long now = world.now(subscription);
    boolean trialOver = Json.textOrEmpty(params, "trial_end").equals("now");
    if (trialOver && trialing(subscription)) {
      subscription.put("trial_end", now);
      cycle.restart(subscription);
    } else if (newInterval || Json.textOrEmpty(params, "billing_cycle_anchor").equals("now")) {
      settle(subscription, afresh(before, due, now), params);
      cycle.restart(subscription);
    } else {
      settle(subscription, due, params);
    }
    states.changed(before, subscription);
    return subscription;
  }

  /** A new period begins with all of its price: what was paid ahead for the old one comes back. */
  private List<ObjectNode> afresh(ObjectNode before, List<ObjectNode> due, long now) {
    List<ObjectNode> lines = new ArrayList<>(due);
    lines.removeIf(SubscriptionChanges::isProration);
    if (!trialing(before)) {
      Items.of(before).forEach(item -> lines.addAll(unused(before, item, now)));
    }
    return lines;
  }

  private static boolean isProration(ObjectNode line) {
    JsonNode details = line.path("parent").path("subscription_item_details");
    return details.path("proration").asBoolean();
  }

  private void plain(ObjectNode subscription, ObjectNode params) {
    ObjectNode plain = params.deepCopy();
    plain.remove(List.of("items", "proration_behavior", "proration_date", "payment_behavior"));
    plain.remove(List.of("off_session", "billing_cycle_anchor", "trial_end", "trial_from_plan"));
    World.apply(subscription, plain);
    cancellations.plan(subscription, params);
  }

  /** Somebody cancels on a page, or thinks better of it. */
  void cancelAtPeriodEnd(ObjectNode subscription, boolean ends) {
    ObjectNode before = subscription.deepCopy();
    cancellations.onPage(subscription, ends);
    states.changed(before, subscription);
  }

  /** Whether the subscription will have another interval than it has. */
  private boolean intervals(ObjectNode subscription, List<ObjectNode> wanted) {
    for (ObjectNode each : wanted) {
      if (Json.has(each, "price")) {
        JsonNode next = items.price(each, "items").path("recurring");
        if (!Intervals.same(next, Intervals.shortest(subscription))) {
          return true;
        }
      }
    }
    return false;
  }

  /** Changes the items; the lines that come of it. */
  List<ObjectNode> apply(ObjectNode subscription, List<ObjectNode> wanted, long at) {
    List<ObjectNode> due = new ArrayList<>();
    Span present = Items.present(subscription); // whose items may go, and others come
    for (int i = 0; i < wanted.size(); i++) {
      String param = "items[" + i + "]";
      ObjectNode params = wanted.get(i);
      String id = Json.text(params, "id");
      if (id == null) {
        due.addAll(add(subscription, present, params, param, at));
      } else if (params.path("deleted").asBoolean()) {
        due.addAll(remove(subscription, Items.find(subscription, id, param + "[id]"), at));
      } else {
        ObjectNode item = Items.find(subscription, id, param + "[id]");
        due.addAll(replace(subscription, item, params, param, at));
      }
    }
    if (Items.of(subscription).isEmpty()) {
      throw StripeError.refused(null, "items", "A subscription must have at least one item.");
    }
    Intervals.check(subscription, "items");
    return due;
  }

  private List<ObjectNode> add(
      ObjectNode subscription, Span present, ObjectNode params, String param, long at) {
    ObjectNode item = items.add(subscription, params, param);
    Items.period(item, trialing(subscription) ? present : around(subscription, item));
    item.put("_since", at);
    return trialing(subscription)
        ? List.of()
        : prorations.lines(subscription, Json.object(), item, at);
  }

  /** The period that an item is in, by its own interval and the anchor of all. */
  private Span around(ObjectNode subscription, ObjectNode item) {
    long anchor = subscription.path("billing_cycle_anchor").asLong();
    return Periods.around(anchor, Items.recurring(item), world.now(subscription));
  }

  private static boolean trialing(ObjectNode subscription) {
    return SubscriptionStates.status(subscription).equals("trialing");
  }

  private List<ObjectNode> remove(ObjectNode subscription, ObjectNode item, long at) {
    Items.remove(subscription, item);
    return change(subscription, item, Json.object(), at);
  }

  private List<ObjectNode> replace(
      ObjectNode subscription, ObjectNode item, ObjectNode params, String param, long at) {
    ObjectNode before = item.deepCopy();
    boolean otherPrice = false;
    if (Json.has(params, "price")) {
      ObjectNode price = items.price(params, param);
      otherPrice = !price.path("id").equals(item.path("price").path("id"));
      if (otherPrice) {
        items.check(subscription, item, price, param);
      }
      item.set("price", price.deepCopy());
    }
    Items.quantity(item, params, param);
    World.apply(item, Json.object().set("metadata", params.path("metadata")));
    if (otherPrice) {
      item.put("_since", at);
      rebase(subscription, before, item);
    }
    boolean same = !otherPrice && before.path("quantity").equals(item.path("quantity"));
    return same ? List.of() : change(subscription, before, item, at);
  }

  /** An item with another interval is in another period; where the anchor is moved, a new one. */
  private void rebase(ObjectNode subscription, ObjectNode before, ObjectNode item) {
    boolean same = Intervals.same(Items.recurring(before), Items.recurring(item));
    if (Items.flexible(subscription) && !same && !trialing(subscription)) {
      Items.period(item, around(subscription, item));
    }
  }

  /** In the mode {@code classic} usage before a change of the price is lost. */
  private List<ObjectNode> change(
      ObjectNode subscription, ObjectNode before, ObjectNode after, long at) {
    List<ObjectNode> due = new ArrayList<>();
    if (Items.flexible(subscription)) {
      due.addAll(cycle.usedSoFar(subscription, before, at));
    }
    if (!trialing(subscription)) {
      due.addAll(prorations.lines(subscription, before, after, at));
    }
    return due;
  }

  /** Has the lines of a change wait for the next invoice, or puts them on one now. */
  private void settle(ObjectNode subscription, List<ObjectNode> due, ObjectNode params) {
    String behavior = Json.textOrEmpty(params, "proration_behavior");
    ObjectNode customer = world.store().get("customer", Json.textOrEmpty(subscription, "customer"));
    boolean any = false;
    for (ObjectNode line : due) {
      if (!isProration(line) || !behavior.equals("none")) {
        pending.pend(customer, subscription.path("id").asText(), line);
        any = true;
      }
    }
    if (any && behavior.equals("always_invoice")) {
      cycle.invoiceNow(subscription, "subscription_update");
    }
  }

  /** What was paid ahead and is not used, as lines that wait. */
  void giveBack(ObjectNode subscription, long now) {
    for (ObjectNode item : Items.of(subscription)) {
      settle(subscription, unused(subscription, item, now), Json.object());
    }
  }

  private List<ObjectNode> unused(ObjectNode subscription, ObjectNode item, long now) {
    return prorations.lines(subscription, item, Json.object(), now);
  }
}
