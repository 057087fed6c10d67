// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events that were accepted and do not count, told of in one thin event for each meter and window
 * of time. The report counts all of them and names only some.
 */
final class ErrorReports {

  private static final int SAMPLES = 5;
  private static final String PREFIX = "v1.billing.meter.";

  private final World world;
  private final Events events;

  /** By meter, empty where there is none, and then by code: the identifiers. */
  private final Map<String, Map<String, List<String>>> open = new LinkedHashMap<>();

  private Instant since = Instant.EPOCH;

  ErrorReports(World world, Events events) {
    this.world = world;
    this.events = events;
  }

  void add(@Nullable ObjectNode meter, String code, String identifier) {
    if (open.isEmpty()) {
      since = world.agenda().now();
      Instant end = since.plus(world.settings().reportWindow());
      world.agenda().at(Agenda.WALL, end, this::report);
    }
    String id = meter == null ? "" : meter.path("id").asText();
    open.computeIfAbsent(id, key -> new LinkedHashMap<>())
        .computeIfAbsent(code, key -> new ArrayList<>())
        .add(identifier);
  }

  private void report() {
    Map<String, Map<String, List<String>>> all = new LinkedHashMap<>(open);
    open.clear();
    all.forEach(this::report);
  }

  private void report(String meter, Map<String, List<String>> byCode) {
    ObjectNode data = Json.object();
    long errors = byCode.values().stream().mapToLong(List::size).sum();
    data.put("developer_message_summary", "There were " + errors + " invalid events.");
    ObjectNode reason = data.putObject("reason").put("error_count", errors);
    ArrayNode types = reason.putArray("error_types");
    byCode.forEach((code, identifiers) -> types.add(type(code, identifiers)));
    data.put("validation_start", since.toString());
    data.put("validation_end", world.agenda().now().toString());
    if (meter.isEmpty()) {
      events.thin(PREFIX + "no_meter_found", null, data);
    } else {
      ObjectNode related = Json.object().put("id", meter).put("type", "billing.meter");
      related.put("url", "/v1/billing/meters/" + meter);
      events.thin(PREFIX + "error_report_triggered", related, data);
    }
  }

  private static ObjectNode type(String code, List<String> identifiers) {
    ObjectNode type = Json.object().put("code", code).put("error_count", identifiers.size());
    ArrayNode samples = type.putArray("sample_errors");
    for (String identifier : identifiers.subList(0, Math.min(SAMPLES, identifiers.size()))) {
      ObjectNode sample = samples.addObject().put("error_message", code.replace('_', ' '));
      sample.putObject("request").put("identifier", identifier);
    }
    return type;
  }
}
