// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checkout sessions: pages where somebody pays, which a test completes with one call. */
final class Checkout {

  private static final String TYPE = "checkout.session";
  private static final long DAY = 86400;

  private static final Shape TRIAL =
      Shape.of("trial_period_days:int trial_end:int metadata:hash description")
          .and("billing_cycle_anchor:int proration_behavior")
          .with("trial_settings", Subscriptions.TRIAL)
          .with("billing_mode", Shape.of("!type=classic|flexible flexible:any"));
  private static final Shape CREATE =
      Shape.of("!mode=subscription|payment|setup success_url cancel_url return_url customer")
          .and("customer_email client_reference_id metadata:hash expires_at:int currency")
          .and("allow_promotion_codes:bool automatic_tax:any payment_method_collection")
          .and("billing_address_collection customer_update:any tax_id_collection:any")
          .and("customer_creation locale submit_type ui_mode payment_method_types:any")
          .with("subscription_data", TRIAL)
          .list("line_items", Shape.of("!price quantity:int"));

  private final World world;
  private final Events events;
  private final Customers customers;
  private final PaymentMethods cards;
  private final Subscriptions subscriptions;
  private final Invoicing invoicing;
  private final Lines lines;

  Checkout(
      Billing billing,
      Events events,
      Customers customers,
      PaymentMethods cards,
      Subscriptions subscriptions) {
    world = billing.world();
    invoicing = billing.invoicing();
    lines = billing.lines();
    this.events = events;
    this.customers = customers;
    this.cards = cards;
    this.subscriptions = subscriptions;
  }

  void routes(Router router) {
    router.add("POST", "/v1/checkout/sessions", request -> create(request.as(CREATE).params()));
    router.add("GET", "/v1/checkout/sessions", this::list);
    router.add("GET", "/v1/checkout/sessions/*", request -> get(request.id()));
    router.add(
        "GET",
        "/v1/checkout/sessions/*/line_items",
        request ->
            Listing.page(
                Json.objects(get(request.id()).path("line_items").path("data")),
                request.asList("")));
    router.add("POST", "/v1/checkout/sessions/*/expire", request -> expire(request.id()));
  }

  ObjectNode get(String id) {
    return world.store().get(TYPE, id);
  }

  private JsonNode list(Request raw) {
    Request request = raw.asList("customer status subscription created:any");
    return Listing.of(world.store().newest(TYPE), request, "customer", "status", "subscription");
  }

  private ObjectNode create(ObjectNode params) {
    String mode = Json.textOrEmpty(params, "mode");
    List<ObjectNode> items = CheckoutItems.of(params, mode, world);
    String customer = Json.text(params, "customer");
    if (customer != null) {
      customers.named(customer);
      if (Json.has(params, "customer_email")) {
        throw StripeError.refused(
            null,
            "customer_email",
            "You may only specify one of these parameters: customer, customer_email.");
      }
    }
    if (Json.text(params, "success_url") == null && Json.text(params, "return_url") == null) {
      throw StripeError.invalid(
          "parameter_missing", "success_url", "Missing required param: success_url.");
    }
    ObjectNode session = world.create(TYPE, "cs_test");
    String id = session.path("id").asText();
    long now = session.path("created").asLong();
    session.putNull("cancel_url").putNull("client_reference_id").put("customer", customer);
    session.putNull("customer_details").putNull("customer_email");
    session.put("expires_at", now + DAY).putNull("invoice").putObject("metadata");
    session.putNull("payment_intent").put("payment_status", "unpaid").putNull("setup_intent");
    session.put("status", "open").putNull("subscription").putNull("success_url");
    session.put("url", world.base() + "/_checkout/" + id);
    ObjectNode plain = params.deepCopy();
    plain.remove(List.of("line_items", "subscription_data"));
    World.apply(session, plain);
    session.set("line_items", Listing.list(items, false, null));
    session.set("_subscription_data", params.path("subscription_data"));
    session.put("amount_total", items.stream().mapToLong(Checkout::amount).sum());
    session.put("amount_subtotal", session.path("amount_total").asLong());
    if (!items.isEmpty()) {
      session.set("currency", items.get(0).path("currency"));
    }
    world.store().put(session);
    Instant end = Instant.ofEpochSecond(session.path("expires_at").asLong());
    world.agenda().at(Agenda.WALL, end, () -> expireIfOpen(session));
    return session;
  }

  private static long amount(ObjectNode item) {
    return item.path("amount_total").asLong();
  }

  private void expireIfOpen(ObjectNode session) {
    if (Json.textOrEmpty(session, "status").equals("open")) {
      expire(session.path("id").asText());
    }
  }

  private ObjectNode expire(String id) {
    ObjectNode session = open(id);
    session.put("status", "expired").putNull("url");
    events.emit("checkout.session.expired", session);
    return session;
  }

  private ObjectNode open(String id) {
    ObjectNode session = get(id);
    if (!Json.textOrEmpty(session, "status").equals("open")) {
      throw StripeError.refused(
          null, null, "The session is " + Json.text(session, "status") + ", and not open.");
    }
    return session;
  }

  /** Somebody pays with a test card; a card that is declined leaves the session open. */
  ObjectNode complete(String id, String card, @Nullable String email) {
    ObjectNode session = open(id);
    if (card.equals("pm_card_chargeDeclined")) {
      throw StripeError.card("Your card was declined.");
    }
    ObjectNode customer = customer(session, email);
    String attached = cards.attach(card, customer, "payment_method");
    String mode = Json.textOrEmpty(session, "mode");
    if (mode.equals("subscription")) {
      subscribe(session, customer, attached);
    } else if (mode.equals("payment")) {
      pay(session, customer, attached);
    }
    boolean free = session.path("amount_total").asLong() == 0;
    session.put("payment_status", free ? "no_payment_required" : "paid");
    session.put("status", "complete").putNull("url");
    session.put("customer", customer.path("id").asText());
    ObjectNode details = session.putObject("customer_details");
    details.set("email", customer.path("email"));
    details.set("name", customer.path("name"));
    events.emit("checkout.session.completed", session);
    return session;
  }

  private ObjectNode customer(ObjectNode session, @Nullable String email) {
    String id = Json.text(session, "customer");
    if (id != null) {
      return customers.named(id);
    }
    String known = Json.text(session, "customer_email");
    String mail = known != null ? known : email == null ? "somebody@example.org" : email;
    return customers.create(Json.object().put("email", mail));
  }

  private void subscribe(ObjectNode session, ObjectNode customer, String card) {
    ObjectNode params = Json.object().put("customer", customer.path("id").asText());
    for (JsonNode each : session.path("line_items").path("data")) {
      boolean recurring = Json.has(each.path("price"), "recurring");
      String list = recurring ? "items" : "add_invoice_items";
      ObjectNode item = params.withArrayProperty(list).addObject();
      item.put("price", Json.text(each.path("price"), "id"));
      if (Json.has(each, "quantity")) {
        item.set("quantity", each.path("quantity"));
      }
    }
    if (session.get("_subscription_data") instanceof ObjectNode data) {
      params.setAll(data);
    }
    params.put("default_payment_method", card).put("payment_behavior", "error_if_incomplete");
    ObjectNode subscription = subscriptions.create(params);
    session.put("subscription", subscription.path("id").asText());
    session.set("invoice", subscription.path("latest_invoice"));
  }

  private void pay(ObjectNode session, ObjectNode customer, String card) {
    customer.withObjectProperty("invoice_settings").put("default_payment_method", card);
    long now = world.now(customer);
    Span span = new Span(now, now);
    ObjectNode invoice = invoicing.draft(customer, null, "manual", span);
    for (JsonNode each : session.path("line_items").path("data")) {
      JsonNode price = each.path("price");
      long total = each.path("amount_total").asLong();
      invoicing.add(invoice, List.of(lines.line(price, total, "Checkout", span)));
    }
    session.put("payment_intent", world.ids().next("pi"));
    invoicing.issue(invoice, Duration.ZERO);
    session.put("invoice", invoice.path("id").asText());
  }
}
