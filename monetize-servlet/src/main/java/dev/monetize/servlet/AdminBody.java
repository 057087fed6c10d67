// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.monetize.identity.MonetizeKeys;
import dev.monetize.identity.Subscription;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The JSON body of an admin request; what is no good is refused with an {@code
 * IllegalArgumentException}.
 */
final class AdminBody {

  private static final int MOST_BYTES = 64 * 1024;
  private static final long MOST_OVERLAP = Duration.ofDays(366).toSeconds();

  private static final Pattern UNSAFE = Pattern.compile("[/\\\\%;?#]");

  private final JsonNode body;

  private AdminBody(JsonNode body) {
    this.body = body;
  }

  /** Reads a body that has no other fields than these; none at all is an empty object. */
  static AdminBody of(HttpServletRequest request, String... known) throws IOException {
    AdminBody read = ofAnyFields(request);
    List<String> fields = List.of(known);
    for (Map.Entry<String, JsonNode> entry : read.body.properties()) {
      if (!fields.contains(entry.getKey())) {
        throw bad(
            "there is no field \"%s\" here, only \"%s\""
                .formatted(entry.getKey(), String.join("\", \"", fields)));
      }
    }
    return read;
  }

  /** Reads a body whose fields have names of the caller's own. */
  static AdminBody ofAnyFields(HttpServletRequest request) throws IOException {
    byte[] bytes = request.getInputStream().readNBytes(MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) {
      throw bad("the body must not be larger than " + MOST_BYTES + " bytes");
    }
    if (bytes.length == 0) {
      return new AdminBody(Json.MAPPER.createObjectNode());
    }
    try {
      JsonNode body = Json.MAPPER.readTree(bytes);
      if (!body.isObject()) {
        throw bad("the body must be a JSON object");
      }
      return new AdminBody(body);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      throw bad(
          "the body is not JSON"
              + (at == null
                  ? ""
                  : ", see line %d, column %d".formatted(at.getLineNr(), at.getColumnNr())));
    }
  }

  private static IllegalArgumentException bad(String message) {
    return new IllegalArgumentException(message);
  }

  String text(String name) {
    return optional(name).orElseThrow(() -> bad("\"" + name + "\" is needed, as a text"));
  }

  /** A customer's id, which goes into paths here. */
  String id() {
    String id = text("id");
    if (id.equals(".") || id.equals("..") || UNSAFE.matcher(id).find()) {
      throw bad(
          "\"id\" must not be . or .., and have none of / \\ % ; ? #: it stands in paths here");
    }
    return id;
  }

  Optional<String> optional(String name) {
    JsonNode value = body.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw bad("\"" + name + "\" must be a text");
    }
    return Optional.of(value.textValue());
  }

  /** All fields, as texts. */
  Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : body.properties()) {
      if (!entry.getValue().isValueNode() || entry.getValue().isNull()) {
        throw bad("\"" + entry.getKey() + "\" must be a text");
      }
      texts.put(entry.getKey(), entry.getValue().asText());
    }
    return texts;
  }

  @Nullable Instant instant(String name) {
    Optional<String> text = optional(name);
    if (text.isEmpty()) {
      return null;
    }
    try {
      return Instant.parse(text.get());
    } catch (DateTimeException e) {
      throw bad("\"" + name + "\" must be an instant such as 2026-01-31T00:00:00Z");
    }
  }

  /** An instant, or null where the field says so; leaving it out is refused. */
  @Nullable Instant instantOrNull(String name) {
    if (!body.has(name)) {
      throw bad("\"" + name + "\" is needed: an instant, or null for none");
    }
    return instant(name);
  }

  MonetizeKeys.Mode mode() {
    return switch (optional("mode").orElse("live")) {
      case "live" -> MonetizeKeys.Mode.LIVE;
      case "test" -> MonetizeKeys.Mode.TEST;
      default -> throw bad("\"mode\" must be \"live\" or \"test\"");
    };
  }

  Subscription.Status status() {
    return switch (text("status")) {
      case "active" -> Subscription.Status.ACTIVE;
      case "suspended" -> Subscription.Status.SUSPENDED;
      default -> throw bad("\"status\" must be \"active\" or \"suspended\"");
    };
  }

  /** How long a rotated key goes on: a day, unless it is said. */
  Duration overlap() {
    JsonNode seconds = body.path("overlapSeconds");
    if (seconds.isMissingNode()) {
      return Duration.ofDays(1);
    }
    if (!seconds.isIntegralNumber() || seconds.asLong() < 0 || seconds.asLong() > MOST_OVERLAP) {
      throw bad("\"overlapSeconds\" must be a whole number from 0 to " + MOST_OVERLAP);
    }
    return Duration.ofSeconds(seconds.asLong());
  }
}
