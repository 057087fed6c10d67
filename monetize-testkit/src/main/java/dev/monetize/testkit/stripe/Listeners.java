// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is told of events: webhook endpoints of {@code /v1}, and event destinations of {@code /v2}.
 */
final class Listeners {

  private static final String ENDPOINT = "webhook_endpoint";
  private static final String DESTINATION = "v2.core.event_destination";

  private static final Shape CREATE =
      Shape.of("!url description api_version connect:bool metadata:hash").texts("!enabled_events");
  private static final Shape UPDATE =
      Shape.of("url description disabled:bool metadata:hash").texts("enabled_events");

  private static final Shape DESTINE =
      Shape.of("!name !type=webhook_endpoint !event_payload=thin|snapshot description")
          .and("snapshot_api_version metadata:hash")
          .with("!webhook_endpoint", Shape.of("!url"))
          .texts("!enabled_events")
          .texts("events_from")
          .texts("include");

  private final World world;

  Listeners(World world) {
    this.world = world;
  }

  void routes(Router router) {
    router.add("POST", "/v1/webhook_endpoints", request -> create(request.as(CREATE).params()));
    router.add(
        "GET",
        "/v1/webhook_endpoints",
        request -> Listing.of(world.store().newest(ENDPOINT), request.asList("")));
    router.add(
        "GET", "/v1/webhook_endpoints/*", request -> world.store().get(ENDPOINT, request.id()));
    router.add("POST", "/v1/webhook_endpoints/*", this::update);
    router.add("DELETE", "/v1/webhook_endpoints/*", this::delete);
    router.add("POST", "/v2/core/event_destinations", request -> destine(request.as(DESTINE)));
    router.add(
        "GET",
        "/v2/core/event_destinations/*",
        request -> world.store().get(DESTINATION, request.id()));
    router.add("DELETE", "/v2/core/event_destinations/*", this::delete);
  }

  private ObjectNode create(ObjectNode params) {
    if (Json.has(params, "api_version")) {
      Versions.check(Json.textOrEmpty(params, "api_version"));
    }
    ObjectNode endpoint = world.create(ENDPOINT, "we");
    endpoint.putNull("api_version").putNull("application").putNull("description");
    endpoint.put("status", "enabled").putObject("metadata");
    params.remove("connect");
    World.apply(endpoint, params);
    String secret = world.ids().next("whsec", 32);
    endpoint.put("_secret", secret);
    world.store().put(endpoint);
    return endpoint.deepCopy().put("secret", secret); // told once
  }

  private JsonNode update(Request raw) {
    ObjectNode endpoint = world.store().get(ENDPOINT, raw.id());
    ObjectNode params = raw.as(UPDATE).params();
    if (params.has("disabled")) {
      endpoint.put("status", params.remove("disabled").asBoolean() ? "disabled" : "enabled");
    }
    World.apply(endpoint, params);
    return endpoint;
  }

  private JsonNode delete(Request request) {
    boolean v2 = request.call().v2();
    ObjectNode gone = world.store().get(v2 ? DESTINATION : ENDPOINT, request.id());
    world.store().remove(gone);
    ObjectNode answer = Json.object().put("id", request.id());
    return v2 ? answer : answer.put("object", ENDPOINT).put("deleted", true);
  }

  private JsonNode destine(Request request) {
    String now = world.agenda().now().toString();
    ObjectNode destination = Json.object().put("id", world.ids().next("ed_test", 40));
    destination.put("object", DESTINATION).put("created", now).put("updated", now);
    destination.put("livemode", false).put("status", "enabled").put("description", "");
    ObjectNode params = request.params();
    params.remove("include");
    World.apply(destination, params);
    String secret = world.ids().next("whsec", 32);
    destination.put("_secret", secret);
    destination.withObjectProperty("webhook_endpoint").put("signing_secret", secret);
    return world.store().put(destination);
  }

  /** One parcel for each who wants to hear of an event. */
  List<Parcel> parcels(ObjectNode event) {
    String type = Json.textOrEmpty(event, "type");
    boolean thin = Json.textOrEmpty(event, "object").startsWith("v2.");
    List<Parcel> parcels = new ArrayList<>();
    for (ObjectNode each : world.store().all(ENDPOINT)) {
      if (!thin && wants(each, type)) {
        String version = Json.text(each, "api_version");
        parcels.add(parcel(each, Json.textOrEmpty(each, "url"), dated(event, version)));
      }
    }
    for (ObjectNode each : world.store().all(DESTINATION)) {
      if (thin == Json.textOrEmpty(each, "event_payload").equals("thin") && wants(each, type)) {
        String version = Json.text(each, "snapshot_api_version");
        String url = Json.textOrEmpty(each.path("webhook_endpoint"), "url");
        parcels.add(parcel(each, url, thin ? notification(event) : dated(event, version)));
      }
    }
    return parcels;
  }

  private static boolean wants(ObjectNode listener, String type) {
    List<String> types = Json.texts(listener.path("enabled_events"));
    return Json.textOrEmpty(listener, "status").equals("enabled")
        && (types.contains(type) || types.contains("*"));
  }

  private static ObjectNode dated(ObjectNode event, @Nullable String version) {
    return version == null ? event : event.deepCopy().put("api_version", version);
  }

  private static ObjectNode notification(ObjectNode event) {
    ObjectNode notification = event.deepCopy();
    notification.remove("data");
    return notification;
  }

  private static Parcel parcel(ObjectNode listener, String url, ObjectNode event) {
    return new Parcel(
        Json.textOrEmpty(listener, "id"),
        url,
        Json.textOrEmpty(listener, "_secret"),
        Json.textOrEmpty(event, "id"),
        Json.textOrEmpty(event, "type"),
        Json.write(event),
        1);
  }
}
