// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Products. */
final class Products {

  private static final String TYPE = "product";

  private static final String COMMON =
      "active:bool description metadata:hash images:any tax_code url unit_label"
          + " statement_descriptor shippable:bool marketing_features:any package_dimensions:any";

  private static final Shape CREATE = Shape.of("!name id type " + COMMON);
  private static final Shape UPDATE = Shape.of("name default_price " + COMMON);

  private final World world;
  private final Events events;

  Products(World world, Events events) {
    this.world = world;
    this.events = events;
  }

  void routes(Router router) {
    router.add("POST", "/v1/products", request -> create(request.as(CREATE).params()));
    router.add("GET", "/v1/products", this::list);
    router.add("GET", "/v1/products/*", request -> world.store().get(TYPE, request.id()));
    router.add("POST", "/v1/products/*", this::update);
    router.add("DELETE", "/v1/products/*", this::delete);
  }

  private JsonNode list(Request raw) {
    Request request = raw.as(Shape.of(Listing.PARAMS + "active created:any").texts("ids"));
    var ids = Json.texts(request.params().path("ids"));
    var all =
        world.store().newest(TYPE).stream()
            .filter(each -> ids.isEmpty() || ids.contains(Json.textOrEmpty(each, "id")))
            .toList();
    return Listing.of(all, request, "active");
  }

  ObjectNode create(ObjectNode params) {
    String id = Json.text(params, "id");
    if (id != null && world.store().find(TYPE, id) != null) {
      throw StripeError.refused("resource_already_exists", "id", "Product already exists.");
    }
    ObjectNode product = world.create(TYPE, "prod");
    product.put("active", true).putNull("default_price").putNull("description");
    product.putArray("images");
    product.putArray("marketing_features");
    product.putObject("metadata");
    product.put("type", "service").putNull("unit_label").putNull("url");
    product.put("updated", world.agenda().seconds(Agenda.WALL));
    World.apply(product, params);
    world.store().put(product);
    events.emit("product.created", product);
    return product;
  }

  private JsonNode update(Request raw) {
    ObjectNode product = world.store().get(TYPE, raw.id());
    ObjectNode params = raw.as(UPDATE).params();
    ObjectNode before = product.deepCopy();
    World.apply(product, params);
    events.updated("product.updated", before, product);
    return product;
  }

  private JsonNode delete(Request request) {
    ObjectNode product = world.store().get(TYPE, request.id());
    boolean priced =
        world.store().all("price").stream()
            .anyMatch(price -> request.id().equals(Json.text(price, "product")));
    if (priced) {
      throw StripeError.refused(
          null,
          null,
          "This product cannot be deleted because it has one or more user-created prices.");
    }
    world.store().remove(product);
    events.emit("product.deleted", product);
    ObjectNode gone = Json.object().put("id", request.id()).put("object", TYPE);
    return gone.put("deleted", true);
  }
}
