// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;

/** Subscriptions, as they are made, asked for, and cancelled. */
final class Subscriptions {

  private static final String TYPE = "subscription";

  static final Shape TRIAL =
      Shape.of("").with("!end_behavior", Shape.of("!missing_payment_method=cancel|create_invoice"));

  private static final String PAYMENT =
      "payment_behavior=allow_incomplete|default_incomplete|error_if_incomplete|pending_if_incomplete";

  static final Shape CREATE =
      Shape.of("!customer billing_cycle_anchor:int cancel_at:int cancel_at_period_end:bool")
          .and("collection_method=charge_automatically|send_invoice currency days_until_due:int")
          .and("default_payment_method description metadata:hash off_session:bool")
          .and("proration_behavior=always_invoice|create_prorations|none trial_end")
          .and("trial_period_days:int trial_from_plan:bool automatic_tax:any payment_settings:any")
          .and(PAYMENT)
          .with("trial_settings", TRIAL)
          .with("billing_mode", Shape.of("!type=classic|flexible flexible:any"))
          .list("!items", Items.NEW)
          .list("add_invoice_items", Shape.of("price quantity:int metadata:hash"));

  private final World world;
  private final Cycle cycle;
  private final FirstPeriod firstPeriod;
  private final SubscriptionBlanks blanks;
  private final Invoicing invoicing;
  private final Payments payments;
  private final Lines lines;
  private final SubscriptionStates states;
  private final SubscriptionChanges changes;

  Subscriptions(Billing billing) {
    world = billing.world();
    cycle = billing.cycle();
    firstPeriod = new FirstPeriod(billing);
    blanks = new SubscriptionBlanks(world, billing.items());
    invoicing = billing.invoicing();
    payments = billing.payments();
    lines = billing.lines();
    states = billing.states();
    changes = billing.changes();
  }

  void routes(Router router) {
    router.add("POST", "/v1/subscriptions", request -> create(request.as(CREATE).params()));
    router.add("GET", "/v1/subscriptions", this::list);
    router.add("GET", "/v1/subscriptions/*", request -> world.store().get(TYPE, request.id()));
    router.add(
        "POST",
        "/v1/subscriptions/*",
        request -> changes.update(world.store().get(TYPE, request.id()), request));
    router.add("DELETE", "/v1/subscriptions/*", this::cancel);
  }

  private JsonNode list(Request raw) {
    Request request = raw.asList("customer status price collection_method created:any test_clock");
    String status = Json.textOrEmpty(request.params(), "status");
    String price = Json.text(request.params(), "price");
    List<ObjectNode> all =
        world.store().newest(TYPE).stream()
            .filter(each -> shown(each, status) && (price == null || has(each, price)))
            .toList();
    return Listing.of(all, request, "customer", "collection_method", "test_clock");
  }

  /** Without a status, those that ended are left out. */
  private static boolean shown(ObjectNode subscription, String status) {
    String is = SubscriptionStates.status(subscription);
    return switch (status) {
      case "all" -> true;
      case "" -> !is.equals("canceled");
      case "ended" -> !SubscriptionStates.live(subscription);
      default -> status.equals(is);
    };
  }

  private static boolean has(ObjectNode subscription, String price) {
    return Items.of(subscription).stream()
        .anyMatch(item -> price.equals(Json.text(item.path("price"), "id")));
  }

  ObjectNode create(ObjectNode params) {
    String id = Json.textOrEmpty(params, "customer");
    ObjectNode customer = world.store().named("customer", id, "customer");
    if (customer.has("deleted")) {
      throw StripeError.missing("customer", id, "customer");
    }
    String behavior = Json.textOrEmpty(params, "payment_behavior");
    ObjectNode subscription = blanks.of(customer, params);
    ObjectNode first = first(subscription, params);
    boolean costs = first.path("amount_due").asLong() > 0;
    boolean automatic = !sent(subscription);
    if (costs && automatic && !behavior.equals("default_incomplete")) {
      requireCard(customer, subscription, behavior, first);
    }
    world.store().put(subscription);
    invoicing.sweep(first);
    subscription.put("status", status(subscription, costs && automatic));
    subscription.put("latest_invoice", first.path("id").asText());
    first.put("auto_advance", !behavior.equals("default_incomplete"));
    states.created(subscription);
    invoicing.issue(first, Duration.ZERO);
    cycle.schedule(subscription);
    if (Json.has(subscription, "cancel_at")) {
      cycle.scheduleCancel(subscription);
    }
    return subscription;
  }

  private ObjectNode first(ObjectNode subscription, ObjectNode params) {
    ObjectNode first = firstPeriod.begin(subscription);
    long now = world.now(subscription);
    for (ObjectNode extra : Json.objects(params.path("add_invoice_items"))) {
      String price = Json.textOrEmpty(extra, "price");
      ObjectNode priced = world.store().named("price", price, "add_invoice_items[price]");
      BigDecimal quantity = BigDecimal.valueOf(extra.path("quantity").asLong(1));
      long amount = Charge.total(priced, quantity);
      invoicing.add(first, List.of(lines.line(priced, amount, "Once", new Span(now, now))));
    }
    return invoicing.refresh(first);
  }

  private static boolean sent(ObjectNode subscription) {
    return Json.textOrEmpty(subscription, "collection_method").equals("send_invoice");
  }

  private String status(ObjectNode subscription, boolean toBePaid) {
    if (subscription.path("trial_end").asLong() > world.now(subscription)) {
      return "trialing";
    }
    return toBePaid ? "incomplete" : "active";
  }

  private void requireCard(
      ObjectNode customer, ObjectNode subscription, String behavior, ObjectNode first) {
    if (!payments.hasCard(customer, subscription)) {
      throw StripeError.refused(
          "resource_missing",
          null,
          "This customer has no attached payment source or default payment method. Please consider"
              + " adding a default payment method.");
    }
    if (behavior.equals("error_if_incomplete") && !payments.wouldPay(first, subscription)) {
      throw StripeError.card("Your card was declined.");
    }
  }

  private JsonNode cancel(Request raw) {
    ObjectNode subscription = world.store().get(TYPE, raw.id());
    Shape shape = Shape.of("invoice_now:bool prorate:bool cancellation_details:any");
    ObjectNode params = raw.as(shape).params();
    if (!SubscriptionStates.live(subscription)) {
      throw StripeError.notFound(TYPE, raw.id());
    }
    cancel(
        subscription, params.path("prorate").asBoolean(), params.path("invoice_now").asBoolean());
    return subscription;
  }

  /** At once. Usage since the period began is invoiced only if that is said. */
  void cancel(ObjectNode subscription, boolean prorate, boolean invoiceNow) {
    long now = world.now(subscription);
    if (prorate) {
      changes.giveBack(subscription, now);
    }
    if (invoiceNow) {
      ObjectNode invoice = cycle.closing(subscription, now);
      invoicing.issue(invoice, Duration.ZERO);
      subscription.put("latest_invoice", invoice.path("id").asText());
    }
    states.end(subscription, "canceled", "cancellation_requested");
  }

  /** What becomes of the subscriptions of a customer that is deleted. */
  void leave(ObjectNode customer) {
    for (ObjectNode subscription : world.store().all(TYPE)) {
      boolean own = Json.textOrEmpty(subscription, "customer").equals(customer.path("id").asText());
      if (own && SubscriptionStates.live(subscription)) {
        cancel(subscription, false, false);
      }
    }
  }
}
