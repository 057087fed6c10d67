// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Meter events as they come in. What is wrong with the request is refused at once: its form, a time
 * too far away, an identifier that is known. What is wrong with its content is not: the event is
 * accepted, does not count, and is told of in a report.
 */
final class MeterEvents {

  private static final Duration IDENTIFIERS_KEPT = Duration.ofHours(24);
  private static final Duration PAST = Duration.ofDays(35);
  private static final Duration FUTURE = Duration.ofMinutes(5);
  private static final int MOST_IN_STREAM = 100;

  private static final Shape V1 = Shape.of("!event_name !payload:hash identifier timestamp:int");
  private static final Shape V2 = Shape.of("!event_name !payload:hash identifier timestamp");
  private static final Shape STREAM = Shape.of("").list("!events", V2);
  private static final Shape ADJUST =
      Shape.of("!event_name !type=cancel").with("cancel", Shape.of("!identifier"));

  /** An event that came, whether it counts or not. */
  private record Received(Instant at, String eventName, Usage.@Nullable Entry entry) {}

  private final World world;
  private final Meters meters;
  private final Usage usage;
  private final ErrorReports reports;
  private final Map<String, Received> byIdentifier = new LinkedHashMap<>();

  MeterEvents(World world, Meters meters, Usage usage, ErrorReports reports) {
    this.world = world;
    this.meters = meters;
    this.usage = usage;
    this.reports = reports;
  }

  void routes(Router router) {
    router.add("POST", "/v1/billing/meter_events", request -> v1(request.as(V1).params()));
    router.add("POST", "/v2/billing/meter_events", request -> v2(request.as(V2).params()));
    router.add("POST", "/v2/billing/meter_event_stream", this::stream);
    router.add("POST", "/v1/billing/meter_event_adjustments", this::adjust);
    router.add("POST", "/v2/billing/meter_event_adjustments", this::adjust);
  }

  private JsonNode v1(ObjectNode params) {
    Instant now = world.agenda().now();
    Instant at =
        Json.has(params, "timestamp")
            ? Instant.ofEpochSecond(params.path("timestamp").asLong())
            : clock(params);
    String identifier = accept(params, at, null);
    ObjectNode event = Json.object().put("object", "billing.meter_event");
    event.put("created", now.getEpochSecond());
    event.put("event_name", Json.textOrEmpty(params, "event_name"));
    event.put("identifier", identifier).put("livemode", false);
    event.set("payload", params.get("payload"));
    return event.put("timestamp", at.getEpochSecond());
  }

  private JsonNode v2(ObjectNode params) {
    Instant at = instant(params);
    String identifier = accept(params, at, "duplicate_meter_event");
    ObjectNode event = Json.object().put("object", "v2.billing.meter_event");
    event.put("created", world.agenda().now().toString());
    event.put("event_name", Json.textOrEmpty(params, "event_name"));
    event.put("identifier", identifier).put("livemode", false);
    event.set("payload", params.get("payload"));
    return event.put("timestamp", at.toString());
  }

  /** Takes an event; its identifier. */
  private String accept(ObjectNode params, Instant at, @Nullable String duplicate) {
    String identifier = identifier(params);
    String late = tooFar(at, clock(params));
    if (late != null) {
      throw StripeError.invalid(late, "timestamp", message(late));
    }
    forget();
    if (byIdentifier.containsKey(identifier)) {
      throw StripeError.refused(
          duplicate, null, "An event already exists with identifier " + identifier + ".");
    }
    count(params, at, identifier);
    return identifier;
  }

  private static String message(String code) {
    return code.equals("timestamp_in_future")
        ? "The timestamp must be at most 5 minutes in the future."
        : "The timestamp must be within the past 35 calendar days.";
  }

  private String identifier(ObjectNode params) {
    String identifier = Json.text(params, "identifier");
    if (identifier == null) {
      return world.ids().next("", 36).substring(1);
    }
    if (identifier.length() > 100) {
      throw StripeError.invalid(
          "parameter_invalid", "identifier", "Invalid string: must be at most 100 characters");
    }
    return identifier;
  }

  /** The time of the customer: of its test clock, if it has one. */
  private Instant clock(ObjectNode params) {
    ObjectNode meter = meters.active(Json.textOrEmpty(params, "event_name"));
    ObjectNode customer = meter == null ? null : payload(meter, params).customer();
    return world.agenda().now(customer == null ? Agenda.WALL : World.clock(customer));
  }

  private static @Nullable String tooFar(Instant at, Instant now) {
    if (at.isAfter(now.plus(FUTURE))) {
      return "timestamp_in_future";
    }
    return at.isBefore(now.minus(PAST)) ? "timestamp_too_far_in_past" : null;
  }

  /** Identifiers are known for a day; then the same one counts again. */
  private void forget() {
    Instant since = world.agenda().now().minus(IDENTIFIERS_KEPT);
    Iterator<Received> oldest = byIdentifier.values().iterator();
    while (oldest.hasNext() && !oldest.next().at().isAfter(since)) {
      oldest.remove();
    }
  }

  private void count(ObjectNode params, Instant at, String identifier) {
    String eventName = Json.textOrEmpty(params, "event_name");
    ObjectNode meter = meters.active(eventName);
    Usage.Entry entry = null;
    if (meter == null) {
      ObjectNode archived = meters.archived(eventName);
      reports.add(archived, archived == null ? "no_meter" : "archived_meter", identifier);
    } else {
      entry = count(meter, payload(meter, params), at, identifier);
    }
    byIdentifier.put(identifier, new Received(world.agenda().now(), eventName, entry));
  }

  private Usage.@Nullable Entry count(
      ObjectNode meter, MeterPayload payload, Instant at, String identifier) {
    String fault = payload.fault();
    if (fault != null) {
      reports.add(meter, fault, identifier);
      return null;
    }
    Instant now = world.agenda().now();
    return usage.add(
        meter, payload.customerId(), new Usage.Entry(payload.value(), at.getEpochSecond(), now));
  }

  private MeterPayload payload(ObjectNode meter, ObjectNode params) {
    return new MeterPayload(world.store(), meter, params.path("payload"));
  }

  /** Up to a hundred events, none of which is refused: they count or are reported. */
  private JsonNode stream(Request raw) {
    List<ObjectNode> events = Json.objects(raw.as(STREAM).params().path("events"));
    if (events.isEmpty() || events.size() > MOST_IN_STREAM) {
      throw StripeError.invalid("parameter_invalid", "events", "There must be 1 to 100 events.");
    }
    List<Instant> times = new ArrayList<>();
    events.forEach(event -> times.add(instant(event)));
    for (int i = 0; i < events.size(); i++) {
      streamed(events.get(i), times.get(i));
    }
    return Json.object();
  }

  private void streamed(ObjectNode event, Instant at) {
    String identifier = identifier(event);
    String late = tooFar(at, clock(event));
    forget();
    if (late != null) {
      reports.add(meters.active(Json.textOrEmpty(event, "event_name")), late, identifier);
    } else if (!byIdentifier.containsKey(identifier)) {
      count(event, at, identifier);
    }
  }

  private Instant instant(ObjectNode params) {
    String text = Json.text(params, "timestamp");
    try {
      return text == null ? clock(params) : Instant.parse(text);
    } catch (DateTimeException e) {
      throw StripeError.invalid("parameter_invalid", "timestamp", "Invalid timestamp: " + text);
    }
  }

  private JsonNode adjust(Request raw) {
    ObjectNode params = raw.as(ADJUST).params();
    String identifier = Json.text(params.path("cancel"), "identifier");
    if (identifier == null) {
      throw StripeError.invalid(
          "parameter_missing", "cancel[identifier]", "Missing required param: cancel[identifier].");
    }
    forget();
    Received received = byIdentifier.get(identifier);
    if (received == null || !received.eventName().equals(Json.text(params, "event_name"))) {
      throw StripeError.refused(
          "resource_missing",
          "cancel[identifier]",
          "No event of the last 24 hours has the identifier " + identifier + ".");
    }
    if (received.entry() != null) {
      received.entry().cancel();
    }
    ObjectNode done = Json.object().put("object", "billing.meter_event_adjustment");
    if (raw.call().v2()) {
      done.put("object", "v2.billing.meter_event_adjustment");
      done.put("id", world.ids().next("mea_test")).put("created", world.agenda().now().toString());
    }
    done.setAll(params);
    return done.put("livemode", false).put("status", "pending");
  }
}
