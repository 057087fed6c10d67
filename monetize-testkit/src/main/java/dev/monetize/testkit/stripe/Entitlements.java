// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Features of products, and which of them a customer has by its subscriptions. */
final class Entitlements {

  private static final String FEATURE = "entitlements.feature";
  private static final String LINK = "product_feature";
  private static final List<String> ENTITLING = List.of("active", "trialing", "past_due");

  private final World world;
  private final Events events;

  Entitlements(World world, Events events) {
    this.world = world;
    this.events = events;
  }

  void routes(Router router) {
    router.add("POST", "/v1/entitlements/features", this::create);
    router.add("GET", "/v1/entitlements/features", this::list);
    router.add(
        "GET", "/v1/entitlements/features/*", request -> world.store().get(FEATURE, request.id()));
    router.add("POST", "/v1/entitlements/features/*", this::update);
    router.add("GET", "/v1/entitlements/active_entitlements", this::active);
    router.add("POST", "/v1/products/*/features", this::attach);
    router.add("GET", "/v1/products/*/features", this::attached);
    router.add("DELETE", "/v1/products/*/features/*", this::detach);
  }

  private JsonNode create(Request raw) {
    ObjectNode params = raw.as(Shape.of("!name !lookup_key metadata:hash")).params();
    String key = Json.textOrEmpty(params, "lookup_key");
    if (key.length() > 80) {
      throw StripeError.invalid(
          "parameter_invalid", "lookup_key", "Invalid string: must be at most 80 characters");
    }
    boolean taken =
        world.store().all(FEATURE).stream()
            .anyMatch(each -> key.equals(Json.text(each, "lookup_key")));
    if (taken) {
      throw StripeError.refused(
          "resource_already_exists", "lookup_key", "A feature with this lookup key exists.");
    }
    ObjectNode feature = world.create(FEATURE, "feat");
    feature.remove("created");
    feature.put("active", true).putObject("metadata");
    World.apply(feature, params);
    return world.store().put(feature);
  }

  private JsonNode list(Request raw) {
    Request request = raw.asList("lookup_key archived:bool");
    return Listing.of(world.store().newest(FEATURE), request, "lookup_key");
  }

  private JsonNode update(Request raw) {
    ObjectNode feature = world.store().get(FEATURE, raw.id());
    World.apply(feature, raw.as(Shape.of("name active:bool metadata:hash")).params());
    return feature;
  }

  private JsonNode attach(Request raw) {
    ObjectNode product = world.store().get("product", raw.id());
    String id =
        Json.textOrEmpty(raw.as(Shape.of("!entitlement_feature")).params(), "entitlement_feature");
    ObjectNode feature = world.store().named(FEATURE, id, "entitlement_feature");
    ObjectNode link = world.create(LINK, "prodft");
    link.remove("created");
    link.set("entitlement_feature", feature);
    link.put("_product", Json.text(product, "id"));
    world.store().put(link);
    world.store().all("customer").forEach(this::refresh);
    return link;
  }

  private JsonNode attached(Request raw) {
    world.store().get("product", raw.id());
    return Listing.page(links(raw.id()), raw.asList(""));
  }

  private List<ObjectNode> links(String product) {
    return world.store().newest(LINK).stream()
        .filter(link -> product.equals(Json.text(link, "_product")))
        .toList();
  }

  private JsonNode detach(Request request) {
    world.store().remove(world.store().get(LINK, request.second()));
    world.store().all("customer").forEach(this::refresh);
    ObjectNode gone = Json.object().put("id", request.second()).put("object", LINK);
    return gone.put("deleted", true);
  }

  private JsonNode active(Request raw) {
    Request request = raw.asList("!customer");
    String id = Json.textOrEmpty(request.params(), "customer");
    return Listing.page(of(world.store().named("customer", id, "customer")), request);
  }

  private List<ObjectNode> of(ObjectNode customer) {
    Set<ObjectNode> features = new LinkedHashSet<>();
    for (ObjectNode subscription : world.store().all("subscription")) {
      if (Json.textOrEmpty(subscription, "customer").equals(customer.path("id").asText())
          && ENTITLING.contains(Json.textOrEmpty(subscription, "status"))) {
        for (JsonNode item : subscription.path("items").path("data")) {
          links(Json.textOrEmpty(item.path("price"), "product"))
              .forEach(link -> features.add((ObjectNode) link.get("entitlement_feature")));
        }
      }
    }
    return features.stream().map(feature -> entitlement(customer, feature)).toList();
  }

  private static ObjectNode entitlement(ObjectNode customer, ObjectNode feature) {
    String id = customer.path("id").asText() + "_" + feature.path("id").asText();
    ObjectNode entitlement = Json.object().put("id", "ent_test_" + id);
    entitlement.put("object", "entitlements.active_entitlement");
    entitlement.put("feature", feature.path("id").asText()).put("livemode", false);
    return entitlement.put("lookup_key", Json.text(feature, "lookup_key"));
  }

  /** Tells of it, if what a customer is entitled to has become different. */
  void refresh(ObjectNode customer) {
    List<ObjectNode> now = of(customer);
    List<String> keys = new ArrayList<>();
    now.forEach(each -> keys.add(Json.textOrEmpty(each, "lookup_key")));
    if (!keys.equals(Json.texts(customer.path("_entitled")))) {
      ArrayNode kept = customer.putArray("_entitled");
      keys.forEach(kept::add);
      String id = customer.path("id").asText();
      ObjectNode summary = Json.object().put("object", "entitlements.active_entitlement_summary");
      summary.put("customer", id).put("livemode", false);
      String url = "/v1/customer/" + id + "/entitlements";
      summary.set("entitlements", Listing.list(now, false, url));
      events.emit("entitlements.active_entitlement_summary.updated", summary);
    }
  }
}
