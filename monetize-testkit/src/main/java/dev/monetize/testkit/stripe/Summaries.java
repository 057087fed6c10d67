// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a meter counted for a customer, as of some time ago. */
final class Summaries {

  private static final long MINUTE = 60;
  private static final long HOUR = 3600;
  private static final long DAY = 86400;

  private final World world;
  private final Usage usage;

  Summaries(World world, Usage usage) {
    this.world = world;
    this.usage = usage;
  }

  void routes(Router router) {
    router.add("GET", "/v1/billing/meters/*/event_summaries", this::list);
  }

  private JsonNode list(Request raw) {
    ObjectNode meter = world.store().get("billing.meter", raw.id());
    Request request =
        raw.asList("!customer !start_time:int !end_time:int value_grouping_window=hour|day");
    ObjectNode params = request.params();
    String customer = Json.textOrEmpty(params, "customer");
    world.store().named("customer", customer, "customer");
    String grouping = Json.text(params, "value_grouping_window");
    long step = step(grouping);
    Span span = new Span(aligned(params, "start_time", step), aligned(params, "end_time", step));
    if (span.end() <= span.start()) {
      throw StripeError.invalid(
          "parameter_invalid", "end_time", "`end_time` must be after `start_time`.");
    }
    List<ObjectNode> summaries = new ArrayList<>();
    for (Span part : parts(span, grouping == null ? span.end() - span.start() : step)) {
      add(meter, customer, part, summaries);
    }
    return Listing.page(summaries, request);
  }

  private static long step(@Nullable String grouping) {
    if (grouping == null) {
      return MINUTE;
    }
    return grouping.equals("hour") ? HOUR : DAY;
  }

  private static long aligned(ObjectNode params, String field, long step) {
    long time = params.path(field).asLong();
    if (time % step != 0) {
      String unit = step == MINUTE ? "minute" : step == HOUR ? "hour" : "day";
      throw StripeError.invalid(
          "parameter_invalid",
          field,
          "`" + field + "` must be aligned with " + unit + " boundaries in UTC.");
    }
    return time;
  }

  /** Newest first. */
  private static List<Span> parts(Span span, long step) {
    List<Span> parts = new ArrayList<>();
    for (long end = span.end(); end > span.start(); end -= step) {
      parts.add(new Span(end - step, end));
    }
    return parts;
  }

  private void add(ObjectNode meter, String customer, Span span, List<ObjectNode> summaries) {
    Instant seen = world.agenda().now().minus(world.settings().summaryLag());
    if (usage.any(meter, customer, span, seen)) {
      String id = "mtrusg_test_" + Json.text(meter, "id") + span.start() + customer;
      ObjectNode summary = Json.object().put("id", id).put("object", "billing.meter_event_summary");
      summary.put("aggregated_value", usage.of(meter, customer, span, seen));
      summary.put("start_time", span.start()).put("end_time", span.end());
      summary.put("livemode", false).put("meter", Json.text(meter, "id"));
      summaries.add(summary);
    }
  }
}
