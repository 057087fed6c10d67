// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.List;

/** All there is, for people and for tests: not as of some time ago, but as it is. */
final class State {

  private final World world;
  private final Usage usage;
  private final Invoicing invoicing;
  private final PaymentMethods cards;
  private final Courier courier;
  private final View view;

  State(World world, Usage usage, Invoicing invoicing, PaymentMethods cards, Courier courier) {
    this.world = world;
    this.usage = usage;
    this.invoicing = invoicing;
    this.cards = cards;
    this.courier = courier;
    view = new View(world.store());
  }

  JsonNode json() {
    ObjectNode state = Json.object().put("now", world.agenda().now().toString());
    ArrayNode customers = state.putArray("customers");
    for (ObjectNode customer : world.store().all("customer")) {
      ObjectNode shown = (ObjectNode) view.of(customer, List.of());
      customers.add(shown.put("payments_fail", cards.isBroke(shown.path("id").asText())));
    }
    add(state, "test_clocks", "test_helpers.test_clock");
    add(state, "products", "product");
    add(state, "prices", "price");
    add(state, "subscriptions", "subscription");
    meters(state.putArray("meters"));
    world.store().all("invoice").forEach(invoicing::refresh);
    add(state, "invoices", "invoice");
    add(state, "checkout_sessions", "checkout.session");
    state.put("events", world.store().all("event").size());
    ArrayNode deliveries = state.putArray("deliveries");
    courier.deliveries().forEach(each -> deliveries.add(each.toString()));
    return state;
  }

  private void add(ObjectNode state, String name, String type) {
    ArrayNode all = state.putArray(name);
    world.store().all(type).forEach(each -> all.add(view.of(each, List.of("tiers"))));
  }

  private void meters(ArrayNode meters) {
    for (ObjectNode meter : world.store().all("billing.meter")) {
      ObjectNode shown = (ObjectNode) view.of(meter, List.of());
      ArrayNode sums = shown.putArray("usage");
      for (ObjectNode customer : world.store().all("customer")) {
        String id = customer.path("id").asText();
        BigDecimal value = usage(meter, id);
        if (value.signum() != 0) {
          sums.addObject().put("customer", id).put("value", value);
        }
      }
      meters.add(shown);
    }
  }

  BigDecimal usage(ObjectNode meter, String customer) {
    return usage.of(meter, customer, Span.ALWAYS, world.agenda().now());
  }
}
