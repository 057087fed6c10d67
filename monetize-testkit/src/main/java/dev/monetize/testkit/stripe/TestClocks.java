// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/** Clocks that some customers live by, and that are turned on by hand. */
final class TestClocks {

  private static final String TYPE = "test_helpers.test_clock";

  private final World world;
  private final Events events;
  private final Subscriptions subscriptions;

  TestClocks(World world, Events events, Subscriptions subscriptions) {
    this.world = world;
    this.events = events;
    this.subscriptions = subscriptions;
  }

  void routes(Router router) {
    router.add("POST", "/v1/test_helpers/test_clocks", this::create);
    router.add(
        "GET",
        "/v1/test_helpers/test_clocks",
        request -> Listing.of(world.store().newest(TYPE), request.asList("")));
    router.add("GET", "/v1/test_helpers/test_clocks/*", request -> get(request.id()));
    router.add("POST", "/v1/test_helpers/test_clocks/*/advance", this::advance);
    router.add("DELETE", "/v1/test_helpers/test_clocks/*", this::delete);
  }

  private ObjectNode get(String id) {
    return world.store().get(TYPE, id);
  }

  private JsonNode create(Request raw) {
    ObjectNode params = raw.as(Shape.of("!frozen_time:int name")).params();
    ObjectNode clock = world.create(TYPE, "clock");
    clock.putNull("name").put("status", "ready");
    clock.put("deletes_after", clock.path("created").asLong() + 30L * 86400);
    World.apply(clock, params);
    Instant at = Instant.ofEpochSecond(clock.path("frozen_time").asLong());
    world.agenda().freeze(clock.path("id").asText(), at);
    world.store().put(clock);
    events.emit("test_helpers.test_clock.created", clock);
    return clock;
  }

  /** All that is due happens at once; the answer says that it is still going on, as the API's. */
  private JsonNode advance(Request raw) {
    ObjectNode clock = get(raw.id());
    long to = raw.as(Shape.of("!frozen_time:int")).params().path("frozen_time").asLong();
    long from = clock.path("frozen_time").asLong();
    if (to <= from) {
      throw StripeError.refused(
          null, "frozen_time", "A test clock cannot be moved backwards or to where it is.");
    }
    refuseFar(raw.id(), from, to);
    world.agenda().advance(raw.id(), Instant.ofEpochSecond(to));
    clock.put("frozen_time", to).put("status", "advancing");
    ObjectNode answer = clock.deepCopy();
    events.emit("test_helpers.test_clock.advancing", clock);
    clock.put("status", "ready");
    events.emit("test_helpers.test_clock.ready", clock);
    return answer;
  }

  private void refuseFar(String id, long from, long to) {
    for (ObjectNode subscription : world.store().all("subscription")) {
      boolean own = World.clock(subscription).equals(id);
      if (own && SubscriptionStates.live(subscription)) {
        JsonNode recurring = Intervals.shortest(subscription);
        long one = Periods.after(from, recurring, from);
        if (to > Periods.after(from, recurring, one)) {
          throw StripeError.refused(
              null,
              "frozen_time",
              "You can only advance by up to two intervals of the shortest subscription.");
        }
      }
    }
  }

  private JsonNode delete(Request request) {
    ObjectNode clock = get(request.id());
    for (ObjectNode customer : world.store().all("customer")) {
      if (World.clock(customer).equals(request.id())) {
        subscriptions.leave(customer);
        ObjectNode gone = Json.object().put("id", customer.path("id").asText());
        world.store().put(gone.put("object", "customer").put("deleted", true));
      }
    }
    world.store().remove(clock);
    world.agenda().forget(request.id());
    events.emit("test_helpers.test_clock.deleted", clock);
    ObjectNode gone = Json.object().put("id", request.id()).put("object", TYPE);
    return gone.put("deleted", true);
  }
}
