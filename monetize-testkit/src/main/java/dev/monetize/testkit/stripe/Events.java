// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What happened: kept for those who ask, and given to the courier for those who listen. */
final class Events {

  private final World world;
  private final Courier courier;
  private final View view;

  Events(World world, Courier courier) {
    this.world = world;
    this.courier = courier;
    view = new View(world.store());
  }

  void routes(Router router) {
    router.add("GET", "/v1/events", this::list);
    router.add("GET", "/v1/events/*", request -> world.store().get("event", request.id()));
    router.add(
        "GET", "/v2/core/events/*", request -> world.store().get("v2.core.event", request.id()));
  }

  private JsonNode list(Request raw) {
    Request request = raw.as(Shape.of(Listing.PARAMS + "type created:any").texts("types"));
    List<String> types = Json.texts(request.params().path("types"));
    List<ObjectNode> all =
        world.store().newest("event").stream()
            .filter(each -> types.isEmpty() || types.contains(Json.textOrEmpty(each, "type")))
            .toList();
    return Listing.of(all, request, "type");
  }

  /** Something happened to an object. */
  void emit(String type, ObjectNode object) {
    emit(type, object, null);
  }

  /** Something changed an object; with what was different before. */
  void emit(String type, ObjectNode object, @Nullable ObjectNode before) {
    ObjectNode event = world.create("event", "evt", World.clock(object));
    event.put("api_version", world.settings().apiVersion());
    ObjectNode data = event.putObject("data");
    data.set("object", view.of(object, List.of()));
    if (before != null) {
      data.set("previous_attributes", view.of(before, List.of()));
    }
    event.put("type", type);
    event.set("request", world.cause());
    event.put("pending_webhooks", courier.listeners(type));
    courier.offer(world.store().put(event));
  }

  /** An update; not told where nothing changed. */
  void updated(String type, ObjectNode before, ObjectNode object) {
    ObjectNode previous = Json.object();
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      JsonNode was = before.path(field.getKey());
      if (!field.getKey().startsWith("_") && !was.equals(field.getValue())) {
        previous.set(field.getKey(), was.isMissingNode() ? null : was);
      }
    }
    if (!previous.isEmpty()) {
      emit(type, object, previous);
    }
  }

  /** A thin event: the listener learns what it is about, and asks for the rest. */
  void thin(String type, @Nullable ObjectNode related, ObjectNode data) {
    ObjectNode event = Json.object().put("id", world.ids().next("evt_test", 32));
    event.put("object", "v2.core.event").put("type", type).put("livemode", false);
    event.put("created", world.agenda().now().toString()).putNull("context");
    if (related != null) {
      event.set("related_object", related);
    }
    event.set("data", data);
    courier.offer(world.store().put(event));
  }
}
