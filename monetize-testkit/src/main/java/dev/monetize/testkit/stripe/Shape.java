// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which parameters an endpoint takes, and of what kind. What is not in it is refused, as the API
 * does.
 *
 * <p>Made from words: {@code "name"} is a text, {@code "!name"} one that must be there, {@code
 * "count:int"} of another kind ({@code text}, {@code int}, {@code bool}, {@code decimal}, {@code
 * hash}, {@code end}, {@code any}), and {@code "type=a|b"} one of some values.
 */
final class Shape {

  private record Field(boolean required, Kind kind) {}

  private final Map<String, Field> fields = new LinkedHashMap<>();

  private Shape() {}

  static Shape of(String words) {
    return new Shape().and(words);
  }

  /** The same, to be added to. */
  Shape copy() {
    Shape copy = new Shape();
    copy.fields.putAll(fields);
    return copy;
  }

  /** More fields. */
  Shape and(String words) {
    for (String word : words.split("\\s+", -1)) {
      if (!word.isEmpty()) {
        add(word);
      }
    }
    return this;
  }

  private void add(String word) {
    boolean required = word.startsWith("!");
    String name = required ? word.substring(1) : word;
    int equals = name.indexOf('=');
    int colon = name.indexOf(':');
    if (equals > 0) {
      List<String> values = List.of(name.substring(equals + 1).split("\\|"));
      fields.put(name.substring(0, equals), new Field(required, Kind.oneOf(values)));
    } else if (colon > 0) {
      Kind kind = Kind.named(name.substring(colon + 1));
      fields.put(name.substring(0, colon), new Field(required, kind));
    } else {
      fields.put(name, new Field(required, Kind.TEXT));
    }
  }

  /** A field that is an object; required with a {@code !} before its name. */
  Shape with(String name, Shape shape) {
    put(name, (raw, path) -> empty(raw) ? NullNode.instance : shape.read(raw, path));
    return this;
  }

  /** A field that is a list of objects. */
  Shape list(String name, Shape shape) {
    put(name, list((raw, path) -> shape.read(raw, path)));
    return this;
  }

  /** A field that is a list of texts. */
  Shape texts(String name) {
    put(name, list(Kind.TEXT));
    return this;
  }

  private static boolean empty(JsonNode raw) {
    return raw.isTextual() && raw.asText().isEmpty();
  }

  private void put(String name, Kind kind) {
    boolean required = name.startsWith("!");
    fields.put(required ? name.substring(1) : name, new Field(required, kind));
  }

  private static Kind list(Kind kind) {
    return (raw, path) -> {
      if (empty(raw)) {
        return Json.array();
      }
      if (!(raw instanceof ArrayNode)) {
        throw StripeError.invalid("parameter_invalid", path, "Invalid array");
      }
      ArrayNode list = Json.array();
      for (JsonNode each : raw) {
        list.add(kind.read(each, path + "[" + list.size() + "]"));
      }
      return list;
    };
  }

  /** The parameters, each of its kind; what was emptied is null. */
  ObjectNode read(ObjectNode raw) {
    return read(raw, "");
  }

  private ObjectNode read(JsonNode raw, String path) {
    if (!(raw instanceof ObjectNode)) {
      throw StripeError.invalid("parameter_invalid", path, "Invalid object");
    }
    ObjectNode read = Json.object();
    List<String> unknown = new ArrayList<>();
    for (Map.Entry<String, JsonNode> each : raw.properties()) {
      String name = path(path, each.getKey());
      Field field = fields.get(each.getKey());
      if (field == null) {
        unknown.add(name);
      } else {
        read.set(each.getKey(), field.kind().read(each.getValue(), name));
      }
    }
    refuse(unknown);
    require(read, path);
    return read;
  }

  private static void refuse(List<String> unknown) {
    if (!unknown.isEmpty()) {
      String s = unknown.size() == 1 ? "" : "s";
      throw StripeError.invalid(
          "parameter_unknown",
          unknown.get(0),
          "Received unknown parameter"
              + s
              + ": "
              + String.join(", ", unknown)
              + ". What the real API knows beyond this is not played here.");
    }
  }

  private void require(ObjectNode read, String path) {
    fields.forEach(
        (name, field) -> {
          if (field.required() && !Json.has(read, name)) {
            String param = path(path, name);
            throw StripeError.invalid(
                "parameter_missing", param, "Missing required param: " + param + ".");
          }
        });
  }

  private static String path(@Nullable String path, String name) {
    return path == null || path.isEmpty() ? name : path + "[" + name + "]";
  }
}
