// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Meters: what is counted, how, and for whom. Only a name can be changed. */
final class Meters {

  private static final String TYPE = "billing.meter";

  private static final Shape CREATE =
      Shape.of("!display_name !event_name event_time_window=hour|day")
          .with("!default_aggregation", Shape.of("!formula=sum|count|last"))
          .with("customer_mapping", Shape.of("!type=by_id !event_payload_key"))
          .with("value_settings", Shape.of("!event_payload_key"));

  private final World world;
  private final Events events;

  Meters(World world, Events events) {
    this.world = world;
    this.events = events;
  }

  void routes(Router router) {
    router.add("POST", "/v1/billing/meters", request -> create(request.as(CREATE).params()));
    router.add("GET", "/v1/billing/meters", this::list);
    router.add("GET", "/v1/billing/meters/*", request -> world.store().get(TYPE, request.id()));
    router.add("POST", "/v1/billing/meters/*", this::update);
    router.add("POST", "/v1/billing/meters/*/deactivate", request -> status(request, "inactive"));
    router.add("POST", "/v1/billing/meters/*/reactivate", request -> status(request, "active"));
  }

  private JsonNode list(Request raw) {
    return Listing.of(world.store().newest(TYPE), raw.asList("status"), "status");
  }

  private ObjectNode create(ObjectNode params) {
    String eventName = Json.textOrEmpty(params, "event_name");
    longest(params, "display_name", 250);
    longest(params, "event_name", 100);
    ObjectNode taken = active(eventName);
    if (taken != null) {
      throw StripeError.refused(
          "resource_already_exists",
          "event_name",
          "An active meter already exists with event name `" + eventName + "`.");
    }
    ObjectNode meter = world.create(TYPE, "mtr_test");
    ObjectNode mapping = meter.putObject("customer_mapping");
    mapping.put("event_payload_key", "stripe_customer_id").put("type", "by_id");
    meter.putNull("event_time_window").put("status", "active");
    meter.putObject("status_transitions").putNull("deactivated_at");
    meter.put("updated", world.agenda().seconds(Agenda.WALL));
    meter.putObject("value_settings").put("event_payload_key", "value");
    World.apply(meter, params);
    world.store().put(meter);
    events.emit("billing.meter.created", meter);
    return meter;
  }

  private static void longest(ObjectNode params, String field, int most) {
    if (Json.textOrEmpty(params, field).length() > most) {
      throw StripeError.invalid(
          "parameter_invalid", field, "Invalid string: must be at most " + most + " characters");
    }
  }

  private JsonNode update(Request raw) {
    ObjectNode meter = world.store().get(TYPE, raw.id());
    ObjectNode before = meter.deepCopy();
    World.apply(meter, raw.as(Shape.of("display_name")).params());
    events.updated("billing.meter.updated", before, meter);
    return meter;
  }

  private JsonNode status(Request request, String status) {
    ObjectNode meter = world.store().get(TYPE, request.id());
    if (Json.textOrEmpty(meter, "status").equals(status)) {
      throw StripeError.refused(null, null, "The meter is already " + status + ".");
    }
    boolean active = status.equals("active");
    if (active && active(Json.textOrEmpty(meter, "event_name")) != null) {
      throw StripeError.refused(
          "resource_already_exists", null, "Another active meter has this event name.");
    }
    meter.put("status", status);
    ObjectNode transitions = meter.withObjectProperty("status_transitions");
    if (active) {
      transitions.putNull("deactivated_at");
    } else {
      transitions.put("deactivated_at", world.agenda().seconds(Agenda.WALL));
    }
    events.emit(active ? "billing.meter.reactivated" : "billing.meter.deactivated", meter);
    return meter;
  }

  /** The active meter of an event name, or null. */
  @Nullable ObjectNode active(String eventName) {
    return find(eventName, "active");
  }

  /** A meter of an event name that is not active, or null. */
  @Nullable ObjectNode archived(String eventName) {
    return find(eventName, "inactive");
  }

  private @Nullable ObjectNode find(String eventName, String status) {
    for (ObjectNode meter : world.store().all(TYPE)) {
      if (Json.textOrEmpty(meter, "event_name").equals(eventName)
          && Json.textOrEmpty(meter, "status").equals(status)) {
        return meter;
      }
    }
    return null;
  }
}
