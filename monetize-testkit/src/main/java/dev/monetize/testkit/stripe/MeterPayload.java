// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** What an event says, as its meter reads it: for whom it counts, and how much. */
record MeterPayload(Store store, ObjectNode meter, JsonNode payload) {

  /** Why it does not count, or null. */
  @Nullable String fault() {
    if (text("customer_mapping") == null) {
      return "meter_event_no_customer_defined";
    }
    if (customer() == null) {
      return "meter_event_customer_not_found";
    }
    String value = text("value_settings");
    if (counts()) {
      return null;
    }
    if (value == null) {
      return "meter_event_value_not_found";
    }
    return value.matches("-?\\d{1,15}") ? null : "meter_event_invalid_value";
  }

  private boolean counts() {
    return Json.textOrEmpty(meter.path("default_aggregation"), "formula").equals("count");
  }

  private @Nullable String text(String setting) {
    return Json.text(payload, Json.textOrEmpty(meter.path(setting), "event_payload_key"));
  }

  String customerId() {
    String id = text("customer_mapping");
    return id == null ? "" : id;
  }

  /** The customer, unless there is none or it is deleted. */
  @Nullable ObjectNode customer() {
    ObjectNode customer = store.find("customer", customerId());
    return customer == null || customer.has("deleted") ? null : customer;
  }

  /** How much; 1 where events are only counted. */
  BigDecimal value() {
    String value = text("value_settings");
    return counts() || value == null ? BigDecimal.ONE : new BigDecimal(value);
  }
}
