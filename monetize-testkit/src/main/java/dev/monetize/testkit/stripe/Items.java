// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The items of a subscription: what of, how much, and in which period. */
final class Items {

  static final Shape NEW = Shape.of("price plan quantity:int metadata:hash");

  private final World world;

  Items(World world) {
    this.world = world;
  }

  static List<ObjectNode> of(JsonNode subscription) {
    return Json.objects(subscription.path("items").path("data"));
  }

  static Span period(JsonNode item) {
    return new Span(
        item.path("current_period_start").asLong(), item.path("current_period_end").asLong());
  }

  static void period(ObjectNode item, Span span) {
    item.put("current_period_start", span.start()).put("current_period_end", span.end());
  }

  /** The present period of a subscription: the last that began, until the first that ends. */
  static Span present(ObjectNode subscription) {
    List<Span> all = of(subscription).stream().map(Items::period).toList();
    return new Span(
        all.stream().mapToLong(Span::start).max().orElseThrow(),
        all.stream().mapToLong(Span::end).min().orElseThrow());
  }

  /** When the last of its periods ends. */
  static long lastEnd(ObjectNode subscription) {
    return of(subscription).stream().mapToLong(item -> period(item).end()).max().orElseThrow();
  }

  /** Whether its items may have intervals of their own, among other things. */
  static boolean flexible(JsonNode subscription) {
    return Json.textOrEmpty(subscription.path("billing_mode"), "type").equals("flexible");
  }

  static JsonNode recurring(JsonNode item) {
    return item.path("price").path("recurring");
  }

  static boolean metered(JsonNode price) {
    return Json.textOrEmpty(price.path("recurring"), "usage_type").equals("metered");
  }

  /** The part of a span since the item counts its meter at this price. */
  static Span counted(JsonNode item, Span span) {
    return new Span(Math.max(span.start(), item.path("_since").asLong()), span.end());
  }

  /** The price that a parameter names, fit for a subscription. */
  ObjectNode price(ObjectNode params, String param) {
    String id = Json.text(params, "price");
    String at = param + "[price]";
    if (id == null) {
      throw StripeError.invalid("parameter_missing", at, "Missing required param: " + at + ".");
    }
    ObjectNode price = world.store().named("price", id, at);
    if (!price.path("active").asBoolean()) {
      throw StripeError.refused(
          null, at, "The price specified is inactive. This field only accepts active prices.");
    }
    if (!Json.has(price, "recurring")) {
      throw StripeError.refused(
          null,
          at,
          "The price specified is set to `type=one_time` but this field only accepts prices with"
              + " `type=recurring`.");
    }
    return price;
  }

  /** Adds one that is like the parameters. */
  ObjectNode add(ObjectNode subscription, ObjectNode params, String param) {
    ObjectNode price = price(params, param);
    check(subscription, null, price, param);
    ObjectNode item = world.create("subscription_item", "si", World.clock(subscription));
    item.remove("livemode");
    item.putObject("metadata");
    item.set("price", price.deepCopy());
    item.put("subscription", subscription.path("id").asText());
    item.putArray("tax_rates");
    item.putArray("discounts");
    quantity(item, params, param);
    World.apply(item, Json.object().set("metadata", params.path("metadata")));
    item.put("_since", 0);
    ((ArrayNode) subscription.path("items").path("data")).add(item);
    return item;
  }

  /** Refuses a price that does not go with the other items. */
  void check(ObjectNode subscription, @Nullable ObjectNode self, ObjectNode price, String param) {
    for (ObjectNode other : of(subscription)) {
      if (self != null && other.path("id").equals(self.path("id"))) {
        continue;
      }
      if (Json.textOrEmpty(other.path("price"), "id").equals(Json.text(price, "id"))) {
        throw StripeError.refused(
            null, param, "Cannot add multiple subscription items with the same price.");
      }
      if (!price.path("currency").equals(other.path("price").path("currency"))) {
        throw StripeError.refused(
            null, param, "All prices of a subscription must have the same currency.");
      }
    }
  }

  /** Takes the quantity from the parameters; a metered item has none. */
  static void quantity(ObjectNode item, ObjectNode params, String param) {
    if (!metered(item.path("price"))) {
      item.put("quantity", params.path("quantity").asLong(item.path("quantity").asLong(1)));
    } else if (Json.has(params, "quantity")) {
      throw StripeError.refused(
          null,
          param + "[quantity]",
          "Quantity should not be specified where usage_type is `metered`. Remove quantity from `"
              + param
              + "`");
    } else {
      item.remove("quantity");
    }
  }

  /** An item by its id, and the subscription it is of. */
  ObjectNode subscriptionOf(String item) {
    for (ObjectNode subscription : world.store().all("subscription")) {
      for (ObjectNode each : of(subscription)) {
        if (each.path("id").asText().equals(item)) {
          return subscription;
        }
      }
    }
    throw StripeError.notFound("subscription_item", item);
  }

  static ObjectNode find(ObjectNode subscription, String id, String param) {
    for (ObjectNode item : of(subscription)) {
      if (item.path("id").asText().equals(id)) {
        return item;
      }
    }
    throw StripeError.missing("subscription_item", id, param);
  }

  static void remove(ObjectNode subscription, ObjectNode item) {
    ArrayNode data = (ArrayNode) subscription.path("items").path("data");
    for (int i = 0; i < data.size(); i++) {
      if (data.get(i).path("id").equals(item.path("id"))) {
        data.remove(i);
        return;
      }
    }
  }
}
