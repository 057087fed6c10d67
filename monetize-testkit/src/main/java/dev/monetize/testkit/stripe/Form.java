// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Form-encoded parameters, nested as in {@code items[0][price]=p}, as a tree of texts. */
final class Form {

  private Form() {}

  /** Fails with an IllegalArgumentException where it cannot be read. */
  static ObjectNode decode(String form) {
    ObjectNode root = Json.object();
    for (String pair : form.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String key = unescape(equals < 0 ? pair : pair.substring(0, equals));
        put(root, path(key), equals < 0 ? "" : unescape(pair.substring(equals + 1)));
      }
    }
    return (ObjectNode) arrays(root);
  }

  private static String unescape(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static List<String> path(String key) {
    List<String> path = new ArrayList<>();
    int open = key.indexOf('[');
    path.add(open < 0 ? key : key.substring(0, open));
    while (open >= 0) {
      int close = key.indexOf(']', open);
      if (close < 0) {
        throw new IllegalArgumentException("Invalid parameter name: " + key);
      }
      path.add(key.substring(open + 1, close));
      open = key.indexOf('[', close);
    }
    return path;
  }

  private static void put(ObjectNode root, List<String> path, String value) {
    ObjectNode at = root;
    for (String name : path.subList(0, path.size() - 1)) {
      JsonNode next = at.get(name(at, name));
      at = next instanceof ObjectNode node ? node : at.putObject(name(at, name));
    }
    at.put(name(at, path.get(path.size() - 1)), value);
  }

  private static String name(ObjectNode at, String name) {
    return name.isEmpty() ? String.valueOf(at.size()) : name;
  }

  private static JsonNode arrays(ObjectNode node) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (field.getValue() instanceof ObjectNode child) {
        field.setValue(arrays(child));
      }
    }
    for (int i = 0; i < node.size(); i++) {
      if (!node.has(String.valueOf(i))) {
        return node;
      }
    }
    if (node.isEmpty()) {
      return node;
    }
    ArrayNode array = Json.array();
    node.forEach(array::add);
    return array;
  }
}
