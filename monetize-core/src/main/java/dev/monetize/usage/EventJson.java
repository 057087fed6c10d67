// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;

/** Events and their parts as JSON. */
final class EventJson {

  private static final DateTimeFormatter NANOS =
      new DateTimeFormatterBuilder().appendInstant(9).toFormatter();

  private static final JsonFactory FACTORY = new JsonFactory();

  private EventJson() {}

  static String time(Instant time) {
    return NANOS.format(time);
  }

  static String event(RecordedEvent recorded) throws IOException {
    UsageEvent event = recorded.event();
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("id", recorded.id());
      json.writeStringField("time", time(event.time()));
      json.writeStringField("settled", time(event.settled()));
      json.writeStringField("customer", event.customer());
      json.writeStringField("key", event.key());
      json.writeStringField("tier", event.tier());
      json.writeStringField("endpoint", event.endpoint());
      json.writeNumberField("status", event.status());
      json.writeBooleanField("clientGone", event.clientGone());
      json.writeFieldName("meters");
      write(json, event.measures());
      json.writeFieldName("windows");
      writeWindows(json, event.windows());
      json.writeEndObject();
    }
    return text.toString();
  }

  static String measures(List<Measure> measures) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      write(json, measures);
    }
    return text.toString();
  }

  static String windows(List<QuotaWindow> windows) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      writeWindows(json, windows);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, List<Measure> measures) throws IOException {
    json.writeStartObject();
    for (Measure measure : measures) {
      json.writeNumberField(measure.meter(), measure.units());
    }
    json.writeEndObject();
  }

  private static void writeWindows(JsonGenerator json, List<QuotaWindow> windows)
      throws IOException {
    json.writeStartArray();
    for (QuotaWindow window : windows) {
      json.writeStartObject();
      json.writeStringField("quota", window.quota());
      json.writeStringField("meter", window.meter());
      json.writeBooleanField("perKey", window.perKey());
      json.writeStringField("start", Instant.ofEpochSecond(window.start()).toString());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
