// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * What is read of an event's body: its id, its type, whom it concerns. That is the same in all
 * versions of the API, and all that is needed.
 *
 * @param version of the API, as which the body is written; empty for those that have none
 * @param event empty if it concerns no customer and no meter
 */
record WebhookBody(String version, Optional<InboxEvent> event) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads it.
   *
   * @throws IOException if it is no event
   */
  static WebhookBody of(byte[] body, Instant now) throws IOException {
    JsonNode json = JSON.readTree(body);
    String kind = text(json, "object");
    String id = text(json, "id");
    String type = text(json, "type");
    if (id.isEmpty() || type.isEmpty()) {
      throw new IOException("an event needs an id and a type");
    }
    String subject;
    if (kind.equals("event")) {
      subject = customer(json.path("data").path("object"));
    } else if (kind.equals("v2.core.event")) {
      subject = type.startsWith("v1.billing.meter.") ? id : "";
    } else {
      throw new IOException("an event must be of the kind event or v2.core.event");
    }
    try {
      return new WebhookBody(
          text(json, "api_version"),
          subject.isEmpty()
              ? Optional.empty()
              : Optional.of(new InboxEvent(id, type, subject, now.getEpochSecond())));
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** It may be the object, named by it, or within it. */
  private static String customer(JsonNode object) {
    if (text(object, "object").equals("customer")) {
      return text(object, "id");
    }
    JsonNode customer = object.path("customer");
    return customer.isObject() ? text(customer, "id") : text(object, "customer");
  }

  private static String text(JsonNode object, String name) {
    JsonNode value = object.path(name);
    return value.isTextual() ? value.textValue() : "";
  }
}
