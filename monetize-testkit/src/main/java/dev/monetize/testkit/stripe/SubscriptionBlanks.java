// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;

/** Subscriptions as they are before they begin. */
final class SubscriptionBlanks {

  private final World world;
  private final Items items;

  SubscriptionBlanks(World world, Items items) {
    this.world = world;
    this.items = items;
  }

  /** With all fields and items, in no period yet. */
  ObjectNode of(ObjectNode customer, ObjectNode params) {
    ObjectNode subscription = world.create("subscription", "sub", World.clock(customer));
    long now = world.now(customer);
    subscription.put("billing_cycle_anchor", now);
    subscription.putObject("automatic_tax").put("enabled", false);
    subscription.putObject("billing_mode").put("type", "flexible");
    subscription.putNull("cancel_at").put("cancel_at_period_end", false).putNull("canceled_at");
    ObjectNode why = subscription.putObject("cancellation_details").putNull("comment");
    why.putNull("feedback").putNull("reason");
    subscription.put("collection_method", "charge_automatically");
    subscription.put("customer", customer.path("id").asText()).putNull("days_until_due");
    subscription.putNull("default_payment_method").putNull("description").putNull("ended_at");
    String url = "/v1/subscription_items?subscription=" + subscription.path("id").asText();
    subscription.set("items", Listing.list(List.of(), false, url));
    subscription.putNull("latest_invoice").putObject("metadata");
    subscription.putNull("pause_collection").putNull("pending_setup_intent").putNull("schedule");
    subscription.put("start_date", now).put("status", "incomplete");
    subscription.set("test_clock", customer.path("test_clock"));
    subscription.putNull("trial_end").putNull("trial_start");
    List<ObjectNode> wanted = Json.objects(params.path("items"));
    if (wanted.isEmpty()) {
      throw StripeError.invalid("parameter_missing", "items", "Missing required param: items.");
    }
    for (int i = 0; i < wanted.size(); i++) {
      items.add(subscription, wanted.get(i), "items[" + i + "]");
    }
    subscription.set("currency", Items.of(subscription).get(0).path("price").path("currency"));
    fill(subscription, params, now);
    Intervals.check(subscription, "items");
    return subscription;
  }

  private void fill(ObjectNode subscription, ObjectNode params, long now) {
    ObjectNode plain = params.deepCopy();
    plain.remove(
        List.of("items", "add_invoice_items", "customer", "off_session", "payment_behavior"));
    plain.remove(
        List.of("proration_behavior", "trial_end", "trial_period_days", "trial_from_plan"));
    World.apply(subscription, plain);
    long end = trialEnd(params, now);
    if (end > now) {
      subscription.put("trial_start", now).put("trial_end", end);
      subscription.put("billing_cycle_anchor", end);
    }
    if (Json.has(params, "billing_cycle_anchor")) {
      long anchor = params.path("billing_cycle_anchor").asLong();
      long latest = Periods.after(now, Intervals.shortest(subscription), now);
      if (anchor <= now || anchor > latest) {
        throw StripeError.refused(
            null,
            "billing_cycle_anchor",
            "`billing_cycle_anchor` must be in the future, and no later than the next period.");
      }
      subscription.put("billing_cycle_anchor", anchor);
    }
  }

  private static long trialEnd(ObjectNode params, long now) {
    String end = Json.text(params, "trial_end");
    long days = params.path("trial_period_days").asLong();
    if (end == null) {
      return days == 0 ? 0 : now + days * 86400;
    }
    if (end.equals("now")) {
      return now;
    }
    return Kind.INTEGER.read(TextNode.valueOf(end), "trial_end").asLong();
  }
}
