// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The invoice that would come next, were things to stay, or to change, as the caller says. */
final class Previews {

  private static final Shape PARAMS =
      Shape.of("customer subscription currency preview_mode")
          .with(
              "subscription_details",
              Shape.of("proration_behavior proration_date:int trial_end billing_cycle_anchor")
                  .and("cancel_at_period_end:bool cancel_now:bool billing_mode:any")
                  .list("items", Items.NEW.copy().and("id deleted:bool clear_usage:bool")));

  private final Billing billing;
  private final World world;
  private final SubscriptionBlanks blanks;

  Previews(Billing billing) {
    this.billing = billing;
    this.world = billing.world();
    this.blanks = new SubscriptionBlanks(world, billing.items());
  }

  void routes(Router router) {
    router.add("POST", "/v1/invoices/create_preview", request -> preview(request.as(PARAMS)));
  }

  private JsonNode preview(Request request) {
    ObjectNode params = request.params();
    JsonNode details = params.path("subscription_details");
    List<ObjectNode> wanted = Json.objects(details.path("items"));
    ObjectNode subscription = subscription(params);
    ObjectNode invoice =
        subscription == null
            ? first(params, wanted)
            : next(subscription.deepCopy(), wanted, details);
    invoice.put("id", "upcoming_" + invoice.path("id").asText());
    return billing.invoicing().refresh(invoice);
  }

  private @Nullable ObjectNode subscription(ObjectNode params) {
    String id = Json.text(params, "subscription");
    if (id != null) {
      return world.store().named("subscription", id, "subscription");
    }
    String customer = Json.textOrEmpty(params, "customer");
    for (ObjectNode each : world.store().newest("subscription")) {
      boolean own = customer.equals(Json.text(each, "customer"));
      if (own && SubscriptionStates.live(each) && !params.has("subscription_details")) {
        return each;
      }
    }
    return null;
  }

  private ObjectNode first(ObjectNode params, List<ObjectNode> wanted) {
    if (wanted.isEmpty()) {
      throw StripeError.refused(
          "invoice_upcoming_none", null, "No upcoming invoices for this customer.");
    }
    String id = Json.textOrEmpty(params, "customer");
    ObjectNode customer = world.store().named("customer", id, "customer");
    ObjectNode like = Json.object();
    wanted.forEach(like.putArray("items")::add);
    JsonNode mode = params.path("subscription_details").path("billing_mode");
    if (mode.isObject()) {
      like.set("billing_mode", mode);
    }
    return new FirstPeriod(billing).begin(blanks.of(customer, like));
  }

  /** All of this happens to a copy; nothing of it stays. */
  private ObjectNode next(ObjectNode subscription, List<ObjectNode> wanted, JsonNode details) {
    if (!SubscriptionStates.live(subscription)) {
      throw StripeError.refused(
          "invoice_upcoming_none", "subscription", "No upcoming invoices for this subscription.");
    }
    long now = details.path("proration_date").asLong(world.now(subscription));
    List<ObjectNode> due = billing.changes().apply(subscription, wanted, now);
    long end = Items.present(subscription).end();
    ObjectNode invoice = billing.cycle().peek(subscription, end);
    if (!Json.textOrEmpty(details, "proration_behavior").equals("none")) {
      billing.invoicing().add(invoice, due);
    }
    if (!Cycle.isLast(subscription, end)) {
      billing.cycle().advance(invoice, subscription, Cycle.ending(subscription, end), end);
    }
    return invoice;
  }
}
