// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Cards: the test cards of the API, of which one pays, one is declined when it is to pay, and one
 * when it is attached. Beyond that a customer may be marked as one that cannot pay for now.
 */
final class PaymentMethods {

  private static final String TYPE = "payment_method";
  private static final String FAILS = "pm_card_chargeCustomerFail";
  private static final String DECLINED = "pm_card_chargeDeclined";

  /** By id and by token; the number's last digits. */
  private static final Map<String, String> TEST_CARDS =
      Map.of(
          "pm_card_visa",
          "4242",
          "pm_card_mastercard",
          "4444",
          "tok_visa",
          "4242",
          FAILS,
          "0341",
          "tok_chargeCustomerFail",
          "0341",
          DECLINED,
          "0002",
          "tok_chargeDeclined",
          "0002");

  private static final Shape CREATE =
      Shape.of("!type=card billing_details:any metadata:hash").with("card", Shape.of("token"));

  private final World world;
  private final Events events;
  private final Set<String> broke = new HashSet<>();

  PaymentMethods(World world, Events events) {
    this.world = world;
    this.events = events;
  }

  void routes(Router router) {
    router.add("POST", "/v1/payment_methods", this::create);
    router.add("GET", "/v1/payment_methods", this::list);
    router.add("GET", "/v1/payment_methods/*", request -> world.store().get(TYPE, request.id()));
    router.add("POST", "/v1/payment_methods/*/attach", this::attach);
    router.add("POST", "/v1/payment_methods/*/detach", this::detach);
  }

  private JsonNode create(Request raw) {
    ObjectNode params = raw.as(CREATE).params();
    String token = Json.textOrEmpty(params.path("card"), "token");
    params.remove("card");
    ObjectNode card = card(token, "card[token]");
    World.apply(card, params);
    return card;
  }

  private ObjectNode card(String test, String param) {
    String last4 = TEST_CARDS.get(test);
    if (last4 == null) {
      throw StripeError.missing(TYPE, test, param);
    }
    ObjectNode card = world.create(TYPE, "pm", Agenda.WALL);
    card.put("type", "card").putNull("customer").putObject("metadata");
    ObjectNode details = card.putObject("card");
    details.put("brand", last4.equals("4444") ? "mastercard" : "visa").put("last4", last4);
    details.put("exp_month", 12).put("exp_year", 2034).put("funding", "credit");
    card.putObject("billing_details");
    return world.store().put(card);
  }

  private JsonNode list(Request raw) {
    Request request = raw.asList("customer type");
    return Listing.of(world.store().newest(TYPE), request, "customer", "type");
  }

  /** Those of one customer. */
  JsonNode of(ObjectNode customer, Request raw) {
    Request request = raw.asList("type");
    String id = customer.path("id").asText();
    List<ObjectNode> own =
        world.store().newest(TYPE).stream()
            .filter(each -> id.equals(Json.text(each, "customer")))
            .toList();
    return Listing.of(own, request, "type");
  }

  private JsonNode attach(Request raw) {
    ObjectNode params = raw.as(Shape.of("!customer")).params();
    String id = Json.textOrEmpty(params, "customer");
    ObjectNode customer = world.store().named("customer", id, "customer");
    return world.store().get(TYPE, attach(raw.id(), customer, "payment_method"));
  }

  private JsonNode detach(Request request) {
    ObjectNode card = world.store().get(TYPE, request.id());
    card.putNull("customer");
    events.emit("payment_method.detached", card);
    return card;
  }

  /** Attaches a card, or a fresh one like a test card; its id. */
  String attach(String id, ObjectNode customer, String param) {
    if (id.equals(DECLINED)) {
      throw StripeError.card("Your card was declined.");
    }
    ObjectNode known = world.store().find(TYPE, id);
    ObjectNode card = known == null ? card(id, param) : known;
    card.put("customer", customer.path("id").asText());
    events.emit("payment_method.attached", card);
    return card.path("id").asText();
  }

  /** Refuses a card that is not this customer's. */
  void requireOf(ObjectNode customer, String id, String param) {
    ObjectNode card = world.store().named(TYPE, id, param);
    if (!customer.path("id").asText().equals(Json.text(card, "customer"))) {
      throw StripeError.refused(
          "resource_missing",
          param,
          "The customer does not have a payment method with the ID "
              + id
              + ". The payment method must be attached to the customer.");
    }
  }

  /** Marks a customer as one that cannot pay, or can again. */
  void broke(String customer, boolean cannotPay) {
    if (cannotPay) {
      broke.add(customer);
    } else {
      broke.remove(customer);
    }
  }

  boolean isBroke(String customer) {
    return broke.contains(customer);
  }

  /** The card that pays for a customer and, first, for one of its subscriptions; or null. */
  @Nullable ObjectNode standard(ObjectNode customer, @Nullable ObjectNode subscription) {
    String own = subscription == null ? null : Json.text(subscription, "default_payment_method");
    String id =
        own != null ? own : Json.text(customer.path("invoice_settings"), "default_payment_method");
    return id == null ? null : world.store().find(TYPE, id);
  }

  /** Whether a charge goes through. */
  boolean pays(ObjectNode customer, @Nullable ObjectNode card) {
    return card != null
        && !broke.contains(customer.path("id").asText())
        && List.of("4242", "4444").contains(Json.textOrEmpty(card.path("card"), "last4"));
  }
}
