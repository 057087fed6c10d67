// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Sessions of the customer portal, and what it may be configured with. */
final class Portal {

  private static final String TYPE = "billing_portal.session";
  private static final String CONFIGURATION = "billing_portal.configuration";

  private final World world;
  private final Customers customers;

  Portal(World world, Customers customers) {
    this.world = world;
    this.customers = customers;
  }

  void routes(Router router) {
    router.add("POST", "/v1/billing_portal/sessions", this::create);
    router.add("POST", "/v1/billing_portal/configurations", this::configure);
    router.add(
        "GET",
        "/v1/billing_portal/configurations",
        request ->
            Listing.of(
                world.store().newest(CONFIGURATION),
                request.asList("active:bool is_default:bool"),
                "active",
                "is_default"));
    router.add(
        "GET",
        "/v1/billing_portal/configurations/*",
        request -> world.store().get(CONFIGURATION, request.id()));
    router.add("POST", "/v1/billing_portal/configurations/*", this::reconfigure);
  }

  private JsonNode create(Request raw) {
    ObjectNode params =
        raw.as(Shape.of("!customer configuration flow_data:any locale on_behalf_of return_url"))
            .params();
    customers.named(Json.textOrEmpty(params, "customer"));
    String configuration = Json.text(params, "configuration");
    if (configuration != null) {
      world.store().named(CONFIGURATION, configuration, "configuration");
    }
    ObjectNode session = world.create(TYPE, "bps");
    session.putNull("configuration").putNull("flow").putNull("locale").putNull("return_url");
    World.apply(session, params);
    session.remove("flow_data");
    session.put("url", world.base() + "/_portal/" + session.path("id").asText());
    return world.store().put(session);
  }

  private JsonNode configure(Request raw) {
    Shape shape =
        Shape.of("business_profile:any default_return_url !features:any metadata:hash name")
            .and("login_page:any");
    ObjectNode configuration = world.create(CONFIGURATION, "bpc");
    configuration.put("active", true).put("is_default", false).putObject("metadata");
    World.apply(configuration, raw.as(shape).params());
    return world.store().put(configuration);
  }

  private JsonNode reconfigure(Request raw) {
    ObjectNode configuration = world.store().get(CONFIGURATION, raw.id());
    Shape shape =
        Shape.of("active:bool business_profile:any default_return_url features:any")
            .and("metadata:hash name login_page:any");
    World.apply(configuration, raw.as(shape).params());
    return configuration;
  }

  ObjectNode session(String id) {
    return world.store().get(TYPE, id);
  }
}
