// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Prices. What one costs never changes; a lookup key may move to another. */
final class Prices {

  private static final String TYPE = "price";

  private static final Shape TIER =
      Shape.of("!up_to unit_amount:int unit_amount_decimal:decimal flat_amount:int")
          .and("flat_amount_decimal:decimal");
  private static final Shape RECURRING =
      Shape.of("!interval=day|week|month|year interval_count:int usage_type=licensed|metered")
          .and("meter trial_period_days:int");
  private static final String COMMON =
      "active:bool nickname metadata:hash lookup_key transfer_lookup_key:bool"
          + " tax_behavior=exclusive|inclusive|unspecified currency_options:any";
  private static final Shape CREATE =
      Shape.of(COMMON)
          .and("!currency product unit_amount:int unit_amount_decimal:decimal")
          .and("billing_scheme=per_unit|tiered tiers_mode=graduated|volume")
          .with("recurring", RECURRING)
          .with("transform_quantity", Shape.of("!divide_by:int !round=up|down"))
          .with("product_data", Shape.of("!name id active:bool metadata:hash tax_code unit_label"))
          .list("tiers", TIER);
  private static final Shape UPDATE = Shape.of(COMMON);

  private final World world;
  private final Events events;
  private final Products products;

  Prices(World world, Events events, Products products) {
    this.world = world;
    this.events = events;
    this.products = products;
  }

  void routes(Router router) {
    router.add("POST", "/v1/prices", request -> create(request.as(CREATE).params()));
    router.add("GET", "/v1/prices", this::list);
    router.add("GET", "/v1/prices/*", request -> world.store().get(TYPE, request.id()));
    router.add("POST", "/v1/prices/*", this::update);
  }

  private JsonNode list(Request raw) {
    Request request =
        raw.as(
            Shape.of(Listing.PARAMS + "active product currency type created:any")
                .with("recurring", Shape.of("interval meter usage_type"))
                .texts("lookup_keys"));
    List<String> keys = Json.texts(request.params().path("lookup_keys"));
    JsonNode recurring = request.params().path("recurring");
    List<ObjectNode> found = new ArrayList<>();
    for (ObjectNode price : world.store().newest(TYPE)) {
      boolean named = keys.isEmpty() || keys.contains(Json.textOrEmpty(price, "lookup_key"));
      if (named && agrees(price.path("recurring"), recurring)) {
        found.add(price);
      }
    }
    return Listing.of(found, request, "active", "product", "currency", "type");
  }

  private static boolean agrees(JsonNode object, JsonNode wanted) {
    return wanted.properties().stream()
        .allMatch(each -> each.getValue().asText().equals(Json.text(object, each.getKey())));
  }

  private ObjectNode create(ObjectNode params) {
    PriceRules.check(params, world.store());
    String product = product(params);
    ObjectNode price = world.create(TYPE, "price");
    price.put("active", true).put("billing_scheme", "per_unit").putNull("custom_unit_amount");
    price.putNull("lookup_key").putObject("metadata");
    price.putNull("nickname").put("product", product).putNull("recurring");
    price.put("tax_behavior", "unspecified").putNull("tiers_mode").putNull("transform_quantity");
    price.putNull("unit_amount").putNull("unit_amount_decimal");
    lookUpKey(price, params);
    World.apply(price, params);
    PriceRules.complete(price);
    price.put("type", Json.has(price, "recurring") ? "recurring" : "one_time");
    world.store().put(price);
    events.emit("price.created", price);
    return price;
  }

  private String product(ObjectNode params) {
    JsonNode data = params.remove("product_data");
    String id = Json.text(params, "product");
    if (data != null) {
      return products.create((ObjectNode) data).path("id").asText();
    }
    if (id == null) {
      throw StripeError.invalid(
          "parameter_missing", "product", "You must specify either `product` or `product_data`.");
    }
    world.store().named("product", id, "product");
    return id;
  }

  private JsonNode update(Request raw) {
    ObjectNode price = world.store().get(TYPE, raw.id());
    ObjectNode params = raw.as(UPDATE).params();
    ObjectNode before = price.deepCopy();
    lookUpKey(price, params);
    World.apply(price, params);
    events.updated("price.updated", before, price);
    return price;
  }

  /** A lookup key belongs to one price; it is taken from another only if that is said. */
  private void lookUpKey(ObjectNode price, ObjectNode params) {
    JsonNode transfer = params.remove("transfer_lookup_key");
    String key = Json.text(params, "lookup_key");
    if (key == null) {
      return;
    }
    for (ObjectNode other : world.store().all(TYPE)) {
      if (!other.path("id").equals(price.path("id"))
          && key.equals(Json.text(other, "lookup_key"))) {
        if (transfer == null || !transfer.asBoolean()) {
          throw StripeError.refused(
              "resource_already_exists",
              "lookup_key",
              "A price (`"
                  + Json.text(other, "id")
                  + "`) already uses that lookup key. Set `transfer_lookup_key=true` to transfer it.");
        }
        ObjectNode before = other.deepCopy();
        other.putNull("lookup_key");
        events.updated("price.updated", before, other);
      }
    }
  }
}
