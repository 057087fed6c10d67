// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** What is bought in a checkout session. */
final class CheckoutItems {

  private CheckoutItems() {}

  /** Those that parameters name, if they go with the mode of the session. */
  static List<ObjectNode> of(ObjectNode params, String mode, World world) {
    List<ObjectNode> items = new ArrayList<>();
    for (ObjectNode each : Json.objects(params.path("line_items"))) {
      String param = "line_items[" + items.size() + "]";
      String id = Json.textOrEmpty(each, "price");
      ObjectNode price = world.store().named("price", id, param + "[price]");
      boolean metered = Items.metered(price);
      if (metered == Json.has(each, "quantity")) {
        String why =
            metered
                ? "Quantity should not be specified with a metered price."
                : "Quantity is required. Add `quantity` to `" + param + "`";
        throw StripeError.refused(null, param + "[quantity]", why);
      }
      if (mode.equals("payment") && Json.has(price, "recurring")) {
        throw StripeError.refused(
            null,
            param + "[price]",
            "You specified `payment` mode but passed a recurring price. Either switch to"
                + " `subscription` mode or use only one-time prices.");
      }
      items.add(item(price, each, metered).put("id", world.ids().next("li")));
    }
    boolean recurring = items.stream().anyMatch(item -> Json.has(item.path("price"), "recurring"));
    if (mode.equals("subscription") && !recurring) {
      throw StripeError.refused(
          null,
          "line_items",
          "You must provide at least one recurring price in `subscription` mode.");
    }
    refuseMixed(items.stream().map(Items::recurring).filter(JsonNode::isObject).toList());
    return items;
  }

  /** Also where billing is flexible. */
  private static void refuseMixed(List<JsonNode> recurring) {
    if (!recurring.stream().allMatch(each -> Intervals.same(each, recurring.get(0)))) {
      throw StripeError.refused(
          null,
          "line_items",
          "Checkout does not support multiple prices with different billing intervals.");
    }
  }

  private static ObjectNode item(ObjectNode price, ObjectNode params, boolean metered) {
    ObjectNode item = Json.object().put("object", "item");
    long quantity = params.path("quantity").asLong(1);
    long total = metered ? 0 : Charge.total(price, BigDecimal.valueOf(quantity));
    item.put("amount_subtotal", total).put("amount_total", total);
    item.set("currency", price.path("currency"));
    item.set("price", price.deepCopy());
    return metered ? item.putNull("quantity") : item.put("quantity", quantity);
  }
}
