// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Objects as the API shows them: without what is kept for itself (names that begin with {@code _}),
 * without what is shown only where it is asked for, and with ids expanded to objects.
 */
final class View {

  /** Shown only where {@code expand} asks for it. */
  private static final Map<String, Set<String>> ASKED_FOR =
      Map.of("price", Set.of("tiers"), "checkout.session", Set.of("line_items"));

  private static final int LINES_SHOWN = 10;

  private final Store store;

  View(Store store) {
    this.store = store;
  }

  /** A copy, fit to be shown. */
  JsonNode of(JsonNode node, List<String> expand) {
    List<List<String>> paths = new ArrayList<>();
    expand.forEach(each -> paths.add(List.of(each.split("\\."))));
    return copy(node, paths);
  }

  private JsonNode copy(JsonNode node, List<List<String>> expand) {
    if (node instanceof ArrayNode array) {
      ArrayNode copy = Json.array();
      array.forEach(each -> copy.add(copy(each, expand)));
      return copy;
    }
    if (!(node instanceof ObjectNode object)) {
      return node;
    }
    ObjectNode copy = Json.object();
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      field(object, field.getKey(), field.getValue(), expand, copy);
    }
    shorten(object, copy);
    return copy;
  }

  private void field(
      ObjectNode object, String name, JsonNode value, List<List<String>> expand, ObjectNode copy) {
    List<List<String>> inner = inner(name, expand);
    boolean asked = expand.stream().anyMatch(path -> path.get(0).equals(name));
    Set<String> hidden = ASKED_FOR.getOrDefault(Json.textOrEmpty(object, "object"), Set.of());
    if (!name.startsWith("_") && (asked || !hidden.contains(name))) {
      copy.set(name, copy(current(name, value, asked), inner));
    }
  }

  private JsonNode current(String name, JsonNode value, boolean asked) {
    if (asked && value.isTextual()) {
      ObjectNode object = store.find(value.asText());
      return object == null ? value : object;
    }
    if (name.equals("price") && value.isObject()) {
      ObjectNode price = store.find("price", Json.textOrEmpty(value, "id"));
      return price == null ? value : price;
    }
    return value;
  }

  private static List<List<String>> inner(String name, List<List<String>> expand) {
    List<List<String>> inner = new ArrayList<>();
    for (List<String> path : expand) {
      if (path.get(0).equals(name) && path.size() > 1) {
        inner.add(path.subList(1, path.size()));
      }
    }
    return inner;
  }

  /** An invoice shows its first lines; the others are on pages of their own. */
  private static void shorten(ObjectNode object, ObjectNode copy) {
    if (Json.textOrEmpty(object, "object").equals("invoice")) {
      ArrayNode lines = (ArrayNode) copy.path("lines").path("data");
      copy.withObjectProperty("lines").put("has_more", lines.size() > LINES_SHOWN);
      while (lines.size() > LINES_SHOWN) {
        lines.remove(lines.size() - 1);
      }
    }
  }
}
